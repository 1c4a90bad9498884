// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { isManagerItself } from './audit-actor.ts';

test('what root ordered on its machine is not shown as what the manager did by itself, nor as what a person did', () => {
  expect(isManagerItself({ kind: 'system', id: 'manager', name: 'manager' })).toBe(true);
  expect(isManagerItself({ kind: 'system', id: 'root', name: 'root' })).toBe(false);
  expect(isManagerItself({ kind: 'user', id: 'x', name: 'manager' })).toBe(false);
});
