// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VmReport } from '@lazaret/contract';
import { testReport } from '../testing/test-report.ts';
import { protectionOf, protectionWhy } from './protection.ts';

test('only real-time that is on, with more than the starter patterns, is "protected"; every other state says why, and what the policy switched off is no fault', () => {
  const rows: readonly (readonly [VmReport['realtime'], string, string | null])[] = [
    ['on', 'protected', null],
    ['off', 'off-by-policy', 'realtime.policy'],
    ['off-by-schedule', 'off-by-schedule', 'realtime.schedule'],
    ['degraded', 'degraded', null],
    ['starting', 'degraded', 'realtime.waiting-for-gate'],
    ['refused', 'degraded', 'realtime.other-product'],
    ['not-available', 'degraded', 'realtime.not-available'],
  ];
  for (const [realtime, state, why] of rows) {
    const report = testReport({ realtime });
    assert.deepEqual([protectionOf(report), protectionWhy(report)], [state, why], realtime);
  }
  const patterns = { ...testReport().patterns, starterOnly: true };
  const starter = (realtime: VmReport['realtime']) => testReport({ realtime, patterns });
  assert.deepEqual([protectionOf(starter('on')), protectionWhy(starter('on'))], ['starter-only', null]);
  assert.deepEqual([protectionOf(starter('off')), protectionOf(starter('refused'))], ['off-by-policy', 'degraded']);
});

test("a scan process that is down, or patterns that are missing, come before real-time's own reason", () => {
  const down = testReport({ realtime: 'off', engine: { up: false, workers: 0, workerDeaths: 3 } });
  assert.deepEqual([protectionOf(down), protectionWhy(down)], ['off', 'scanner.down']);
  const patterns = { release: null, createdAt: null, signatures: 0, checkedAt: null, fault: 'patterns.damaged' };
  const bare = { ...down, patterns };
  assert.deepEqual([protectionOf(bare), protectionWhy(bare)], ['not-protected-yet', 'patterns.damaged']);
});
