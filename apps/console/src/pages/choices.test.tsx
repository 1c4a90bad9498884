// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { policyChoices } from './choices.ts';

test('the default policy stands first and says so; a hostile name is written out', () => {
  const rows = [
    { id: '1', name: 'Databases\u{202e}', isDefault: false },
    { id: '2', name: 'default', isDefault: true },
  ];
  expect(policyChoices(rows, 'default')).toEqual([
    { value: '2', label: 'default (default)' },
    { value: '1', label: String.raw`Databases\u{202e}` },
  ]);
});
