// SPDX-License-Identifier: Apache-2.0
// The unit tests beside the C++ sources (`x.test.cpp`), each case a test here. The programs are built with the compiler's own checks.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';

const PROGRAMS = join(import.meta.dirname, '../../.build/native/unit');

interface Case {
  readonly name: string;
  /** Null: it passed. */
  readonly failure: string | null;
}

const plain = (xml: string): string =>
  xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

/** Of doctest's report in JUnit's form. */
function casesOf(report: string): readonly Case[] {
  return Array.from(
    report.matchAll(/<testcase [^>]*name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g),
    (match) => ({
      name: plain(match[1] ?? ''),
      failure: match[2]?.includes('<failure') || match[2]?.includes('<error') ? plain(match[2]) : null,
    }),
  );
}

for (const program of ['scanner-units', 'gate-units'])
  test(`unit tests of C++: ${program}`, async (t) => {
    const report = join(temporaryDirectory(t), 'report.xml');
    const ran = spawnSync(join(PROGRAMS, program), ['--reporters=junit', `--out=${report}`], { encoding: 'utf8' });
    assert.ok(ran.status === 0 || ran.status === 1, `${ran.status} ${ran.signal}: ${ran.stdout}${ran.stderr}`);
    const cases = casesOf(readFileSync(report, 'utf8'));
    assert.ok(cases.length > 10, `${cases.length} cases`);
    for (const { name, failure } of cases) await t.test(name, () => assert.equal(failure, null));
    assert.equal(ran.status, 0, ran.stdout);
  });

test('a case that fails is seen', () => {
  const report = `<testsuites><testsuite><testcase classname="a" name="good &quot;one&quot;" time="0" status="run"/>
    <testcase classname="a" name="bad" time="0" status="run">
      <failure message="1 == 2" type="CHECK">x</failure>
    </testcase></testsuite></testsuites>`;
  assert.deepEqual(
    casesOf(report).map(({ name, failure }) => [name, failure !== null]),
    [
      ['good "one"', false],
      ['bad', true],
    ],
  );
});
