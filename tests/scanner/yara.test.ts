// SPDX-License-Identifier: Apache-2.0
// YARA sets as they are published: with the external variables that their tools define.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestScanner } from './test-scanner.ts';

const RULES = `
rule by_content { strings: $a = "external-marker-of-this-test" condition: $a and filename != "known.exe" and extension != ".log" }
rule by_name { strings: $a = "external-marker-of-this-test" condition: $a and filename == "svchost.exe" }
rule by_place { condition: filepath matches /temp/i or filetype contains "EXE" or owner == "root" }
`;

test('rules with the usual external variables load; these are empty, so what needs a name is not met and what excludes one is', async (t) => {
  const scanner = await startTestScanner(t, { 'rules.yar': RULES });
  await scanner.load();
  const { threats } = await scanner.scanBytes(Buffer.from('an external-marker-of-this-test here\n'));
  assert.deepEqual(
    threats.map(({ name }) => name),
    ['YARA.by_content'],
  );
});

test('a variable that nobody defines is refused by file and line', async (t) => {
  const scanner = await startTestScanner(t, {});
  writeFileSync(join(scanner.patterns, 'rules.yar'), '\nrule other { condition: no_such_variable == "x" }\n');
  await assert.rejects(scanner.load(), /rules\.yar:2: undefined identifier "no_such_variable"/);
});
