// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { machine, release } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { temporaryDirectory } from '@lazaret/testkit';
import { parseOsRelease, readSystemFacts } from './system-facts.ts';

test('os-release is read in its three ways of quoting, and nonsense is no field', () => {
  const lines = [
    'NAME="Debian GNU/Linux"',
    "VERSION_ID='12'",
    'ID=debian \t',
    'ID2=',
    '_X9="it\'s"',
    '# ID=other',
    'broken line',
    '=x',
    'id=lower',
    '9ID=x',
    ' ID3=x',
    'ID4=a b',
    'ID5="open',
    'ID6="a"b',
  ];
  assert.deepEqual(
    [...parseOsRelease(lines.join('\n'))],
    [
      ['NAME', 'Debian GNU/Linux'],
      ['VERSION_ID', '12'],
      ['ID', 'debian'],
      ['ID2', ''],
      ['_X9', "it's"],
      ['ID5', '"open'],
      ['ID6', '"a"b'],
    ],
  );
  fc.assert(fc.property(fc.string(), (text) => assert.ok(parseOsRelease(text) instanceof Map)));
});

test('a machine without os-release is unknown, not a failure', (t) => {
  const directory = temporaryDirectory(t);
  const none = { id: 'unknown', version: 'unknown', architecture: machine(), kernel: release() };
  assert.deepEqual(readSystemFacts(join(directory, 'none')), none);
  writeFileSync(join(directory, 'os-release'), 'ID=alpine\nVERSION_ID=3.20.1\n');
  const facts = readSystemFacts(join(directory, 'os-release'));
  assert.deepEqual([facts.id, facts.version], ['alpine', '3.20.1']);
  assert.match(facts.kernel, /^\d+\.\d+/);
});

test('without a path it is this machine’s own file', () => {
  assert.deepEqual(readSystemFacts(), readSystemFacts('/etc/os-release'));
  assert.notEqual(readSystemFacts().id, 'unknown');
});

test('of a file without end the first 64 KiB are read', (t) => {
  const path = join(temporaryDirectory(t), 'os-release');
  const line = 'ID=alpine\n';
  writeFileSync(path, `${'#'.repeat(65_536 - line.length)}\n${line}VERSION_ID=3\n`);
  assert.deepEqual([readSystemFacts(path).id, readSystemFacts(path).version], ['alpine', 'unknown']);
});
