// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { planForThreats } from '../actions/action-plan.ts';
import { valueAt } from '../text/json-pointer.ts';
import { defaultPolicy, reportOnlyPolicy } from './policy-defaults.ts';

test('before the first policy nothing is touched or refused by any kind of scan, and everything is looked at', () => {
  for (const scanKind of ['realtime', 'scheduled', 'manual'] as const) {
    const { action: setting, directories, files, exceptions, unscanned } = reportOnlyPolicy[scanKind];
    const table = { kinds: {}, unknown: { primary: 'quarantine', secondary: null, notify: 'detected' } } as never;
    const plan = planForThreats({ operatingSystem: 'linux', scanKind, setting, table }, ['virus', 'ransomware']);
    assert.deepEqual([plan.carriedOutAs, plan.secondary ?? null], ['pass', null], scanKind);
    assert.deepEqual([directories.kind, files.kind, exceptions, unscanned], ['all', 'all', [], []], scanKind);
  }
});

test('RT-1a, SC-8a, PF-1a: without any setting each scan is on, opens are held and allowed at the deadline, refused under overload', () => {
  for (const [pointer, value] of [
    ['/name', 'default'],
    ['/realtime/enabled', true],
    ['/realtime/schedule', { kind: 'always' }],
    ['/realtime/onDeadline', 'allow'],
    ['/realtime/onOverload', 'deny'],
    ['/scheduled/enabled', true],
    ['/scheduled/schedule', { kind: 'daily', at: '02:00', every: 'day' }],
    ['/scheduled/missed', 'once'],
    ['/scheduled/load', 'medium'],
    ['/scheduled/limits/fileTimeMs', 120_000],
    ['/manual/load', 'high'],
    ['/manual/limits/fileTimeMs', 120_000],
    ['/realtime/limits/fileTimeMs', 30_000],
    ['/patterns/schedule', { kind: 'hourly', minute: 23 }],
    ['/clamd/partly', 'ok'],
    ['/agent/knock', { enabled: true, port: 4118 }],
  ] as const)
    assert.deepEqual(valueAt(defaultPolicy, pointer), value, pointer);
  assert.equal(reportOnlyPolicy.name, 'report only (no policy yet)');
});
