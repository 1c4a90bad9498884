// SPDX-License-Identifier: Apache-2.0
import { AUDIT_ACTIONS, AUDIT_SUBJECTS } from '@lazaret/contract';
import { expect, test } from 'vitest';
import { en } from './en/index.ts';
import { startLanguages } from './index.ts';
import { ja } from './ja/index.ts';

interface Leaf {
  readonly key: string;
  readonly text: string;
}

function leaves(tree: object, before = ''): readonly Leaf[] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string' ? [{ key: before + name, text: value }] : leaves(value as object, `${before}${name}.`),
  );
}

/** Japanese has no plural: `…_one` and `…_other` are one key. */
const keysOf = (tree: object): readonly string[] =>
  [...new Set(leaves(tree).map(({ key }) => key.replace(/_(one|other)$/, '')))].toSorted();

const variables = (text: string): readonly string[] =>
  Array.from(text.matchAll(/\{\{(\w+)(?:, number)?\}\}/g), ([, name = '']) => name).toSorted();

test('MG-5c: both catalogues have the same keys', () => {
  expect(keysOf(en).length).toBeGreaterThan(500);
  expect(keysOf(ja)).toEqual(keysOf(en));
});

test('no text is empty, and both languages fill in the same values', () => {
  const english = new Map(leaves(en).map(({ key, text }) => [key, text]));
  for (const { key, text } of leaves(ja)) {
    expect(text.trim(), key).not.toBe('');
    const twin = english.get(key) ?? '';
    expect(variables(text), key).toEqual(variables(twin));
  }
});

test('Japanese texts are Japanese: but for names, none is the English one', () => {
  const same = leaves(ja).filter(({ key, text }) => leaves(en).some((twin) => twin.key === key && twin.text === text));
  const names = same.filter(
    ({ text }) => /[a-z]{4,}/.test(text) && !/^(VM|SHA-256|ClamAV|YARA|Webhook|Web|OK)$/.test(text),
  );
  expect(names).toEqual([]);
});

test('no text promises what the product does not do: an agent for another system, packages, or cleaning that works', () => {
  for (const catalogue of [en, ja])
    for (const { key, text } of leaves(catalogue))
      expect(text, key).not.toMatch(/windows|macos|of their package|パッケージ/i);
  expect(en.action.means.clean).toBe('Not available yet: it fails, and the file is quarantined.');
  expect(ja.action.means.clean).toBe('まだ利用できません。失敗として扱い、ファイルを隔離します。');
});

test('a name in a sentence cannot turn its direction, and markup in it is left to React', () => {
  const { t } = startLanguages();
  expect(t('retire.title', { name: 'web\u{202e}03 <b>&' })).toBe('Retire web\\u{202e}03 <b>&?');
});

test('MG-2d: everything that the manager writes into the audit, and all it is done to, has a text', () => {
  const known = new Set(keysOf(en));
  const wanted = [
    ...AUDIT_ACTIONS.map((action) => `audit.actions.${action}`),
    ...AUDIT_SUBJECTS.map((kind) => `audit.subjects.${kind}`),
  ];
  expect(wanted.filter((key) => !known.has(key))).toEqual([]);
});
