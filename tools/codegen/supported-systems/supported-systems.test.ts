// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DOCUMENT, formatSupportedSystems } from './document.ts';

test('SY-2a: the document of supported systems says what the code says', () => {
  assert.equal(
    readFileSync(DOCUMENT, 'utf8'),
    formatSupportedSystems(),
    'run: node tools/codegen/supported-systems/main.ts',
  );
});
