// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DOCUMENT, formatCli } from './document.ts';

test('the document of the command line is what --help says', () => {
  const text = formatCli();
  assert.equal(readFileSync(DOCUMENT, 'utf8'), text, 'run tools/node tools/codegen/cli/main.ts');
  for (const command of ['scan', 'quarantine restore', 'schedule next', 'patterns load', 'agent status'])
    assert.match(text, new RegExp(`^## lazaret ${command}$`, 'm'));
  assert.match(text, /^Exit codes: 0 nothing found/m, 'the text behind the help is there');
});
