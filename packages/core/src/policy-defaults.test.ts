// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { planForThreats } from './action-plan.ts';
import { reportOnlyPolicy } from './policy-defaults.ts';

test('before the first policy nothing is touched or refused by any kind of scan, and everything is looked at', () => {
  for (const scanKind of ['realtime', 'scheduled', 'manual'] as const) {
    const { action: setting, directories, files, exceptions, unscanned } = reportOnlyPolicy[scanKind];
    const table = { kinds: {}, unknown: { primary: 'quarantine', secondary: null, notify: 'detected' } } as never;
    const plan = planForThreats({ operatingSystem: 'linux', scanKind, setting, table }, ['virus', 'ransomware']);
    assert.deepEqual([plan.carriedOutAs, plan.secondary ?? null], ['pass', null], scanKind);
    assert.deepEqual([directories.kind, files.kind, exceptions, unscanned], ['all', 'all', [], []], scanKind);
  }
});
