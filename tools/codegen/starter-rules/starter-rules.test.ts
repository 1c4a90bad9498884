// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { DOCUMENT, formatStarterRules } from './document.ts';
import { readStarterRules } from './rules.ts';

test('the document of the starter set is what its rules say', () => {
  const text = formatStarterRules();
  assert.equal(readFileSync(DOCUMENT, 'utf8'), text, 'run node tools/codegen/starter-rules/main.ts');
  assert.doesNotMatch(text, /\| 0 \|/, 'every rule has a sample');
});

test('a rule that does not say its name, kind and why is refused, not left out', (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'a.yar'), 'rule One { condition: true }\n');
  assert.throws(() => readStarterRules(directory), /a\.yar/);
});
