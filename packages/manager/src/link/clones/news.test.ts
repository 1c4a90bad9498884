// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckInAnswer } from '@lazaret/contract';
import { isNews } from './news.ts';

const [ONE, OTHER] = ['a'.repeat(64), 'b'.repeat(64)];
const QUIET: CheckInAnswer = {
  serverTime: '2026-11-30T10:00:00.000Z',
  clockDifferenceMs: 0,
  trust: null,
  policyHash: ONE,
  release: null,
  commands: [],
  renew: false,
  wantsVaultList: false,
  state: 'active',
  clone: false,
  entrusted: true,
  markTaken: true,
  takeNewInstance: false,
};
const answered = (fields: Partial<CheckInAnswer>, policyHash: string | null = ONE): boolean =>
  isNews({ ...QUIET, ...fields }, { have: { policyHash, trustHash: ONE, commands: [] } });

test('where nothing is wanted the poll waits', () => {
  assert.equal(answered({}), false);
  assert.equal(answered({ state: 'pending', entrusted: false, markTaken: false }), false);
  assert.equal(answered({ policyHash: null }, OTHER), false, 'nothing is offered');
});

test('each thing that is wanted of a VM is told at once', () => {
  const command = { id: 'c' } as unknown as CheckInAnswer['commands'][number];
  for (const fields of [
    { commands: [command] },
    { trust: { hash: ONE, authorities: [], managers: [] } },
    { renew: true },
    { clone: true },
    { wantsVaultList: true },
    { takeNewInstance: true },
    { state: 'retired' },
    { policyHash: OTHER },
  ] as const satisfies readonly Partial<CheckInAnswer>[])
    assert.equal(answered(fields), true, JSON.stringify(fields));
  assert.equal(answered({}, null), true, 'it has no policy yet');
});
