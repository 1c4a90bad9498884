// SPDX-License-Identifier: Apache-2.0
// YARA sets as they are published: with the external variables that their tools define.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressBy, makeTar } from '@lazaret/testkit';
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

test('LM-1a: what the engine only made of a page is not taken for read: YARA looks at the same bytes where a file holds them', async (t) => {
  const rule = 'rule as_made { strings: $a = "From html-normalise" condition: $a }';
  const scanner = await startTestScanner(t, { 'test.yar': rule });
  const data = Buffer.from('hello there and again\n').toString('base64');
  const page = Buffer.from(`<html><body><a href="data:text/plain;base64,${data}">x</a></body></html>\n`);
  // The mail that the engine makes of the address. It does not open zstd, so the file is ours to look at.
  const made = `From html-normalise\nContent-type: text/plain;base64\nContent-transfer-encoding: base64\n\n${data}`;
  const packed = compressBy('zstd', Buffer.from(made), '-q');
  const files = [
    { name: 'page.html', content: page },
    { name: 'words.zst', content: packed },
  ];
  assert.equal((await scanner.scanBytes(page)).verdict, 'clean', 'the page does not hold them');
  assert.equal((await scanner.scanBytes(packed)).verdict, 'infected', 'the file does');
  const { verdict, threats } = await scanner.scanBytes(makeTar(files));
  assert.deepEqual([verdict, threats.map(({ name }) => name)], ['infected', ['YARA.as_made']]);
});
