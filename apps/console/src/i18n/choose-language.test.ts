// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLanguage } from './choose-language.ts';

test('the language is what was chosen, else what the browser asks for, else English', () => {
  assert.equal(chooseLanguage('ja', ['en-US']), 'ja');
  assert.equal(chooseLanguage('en', ['ja']), 'en');
  assert.equal(chooseLanguage(null, ['fr', 'ja-JP', 'en']), 'ja');
  assert.equal(chooseLanguage(null, ['fr', 'EN-gb', 'ja']), 'en');
  assert.equal(chooseLanguage(null, ['JA']), 'ja');
  assert.equal(chooseLanguage(null, ['fr']), 'en');
  assert.equal(chooseLanguage(null, []), 'en');
  assert.equal(chooseLanguage('xx', ['en-GB', 'ja']), 'en');
});
