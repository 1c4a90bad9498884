// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALARM_LIMITS, decideSilentSites, decideVmAlarms, type VmFacts } from './alarms.ts';

const NOW = Date.parse('2027-01-02T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const GOOD: VmFacts = {
  membership: 'active',
  createdMs: NOW - 90 * HOUR,
  activatedMs: NOW - 90 * HOUR,
  lastSeenMs: NOW - 10_000,
  stopped: false,
  protection: 'protected',
  protectionWhy: null,
  patternsSinceMs: NOW - HOUR,
  patternsFault: null,
  desiredPolicyHash: 'a',
  appliedPolicyHash: 'a',
  policyDesiredSinceMs: null,
  notApplied: [],
  clockOffsetMs: 1_000,
  disk: { freeBytes: 10 * 2 ** 30, totalBytes: 40 * 2 ** 30 },
  vault: { bytes: 1, bytesMax: 100, warnAtPercent: 80 },
  brakeHolds: false,
  otherAntiVirus: [],
  certificateCopied: false,
};

const kinds = (change: Partial<VmFacts>): string[] =>
  decideVmAlarms({ ...GOOD, ...change }, NOW).map(({ kind }) => kind);

test('MG-4a: each cause is its alarm, at its edge, and none without a cause', () => {
  const table: readonly (readonly [Partial<VmFacts>, readonly string[]])[] = [
    [{}, []],
    [{ lastSeenMs: NOW - ALARM_LIMITS.offlineMs + 1 }, []],
    [{ lastSeenMs: NOW - ALARM_LIMITS.offlineMs }, ['offline']],
    [{ stopped: true }, ['offline']],
    [{ activatedMs: null, lastSeenMs: null, createdMs: NOW - HOUR }, ['never-activated']],
    [{ activatedMs: null, lastSeenMs: null, createdMs: NOW - HOUR + 1 }, []],
    [{ protection: 'not-protected-yet' }, ['not-protected-yet']],
    [{ protection: 'off' }, ['protection-off']],
    [{ protection: 'degraded' }, ['degraded']],
    [{ protection: 'unknown' }, []],
    [{ protection: 'off-by-policy' }, []],
    [{ protection: 'off-by-schedule' }, []],
    [{ protection: 'starter-only' }, []],
    [{ patternsSinceMs: NOW - 24 * HOUR + 1 }, []],
    [{ patternsSinceMs: NOW - 24 * HOUR }, ['patterns-old']],
    [{ patternsFault: 'patterns.canary_detected' }, ['patterns-refused']],
    [{ patternsFault: 'patterns.signature' }, ['patterns-refused']],
    [{ patternsFault: 'link.unreachable' }, []],
    [{ patternsFault: 'patterns.load_in_progress' }, []],
    [{ appliedPolicyHash: 'b', policyDesiredSinceMs: NOW - 10 * MINUTE + 1 }, []],
    [{ appliedPolicyHash: 'b', policyDesiredSinceMs: NOW - 10 * MINUTE }, ['policy-not-applied']],
    [{ notApplied: ['/realtime/x'] }, ['policy-not-applied']],
    [{ clockOffsetMs: 60_000 }, []],
    [{ clockOffsetMs: -60_001 }, ['clock-off']],
    [{ disk: { freeBytes: 100, totalBytes: 40 * 2 ** 30 } }, ['disk-full']],
    [{ disk: { freeBytes: 100 * 2 ** 20, totalBytes: 2 ** 30 } }, []],
    [{ vault: { bytes: 80, bytesMax: 100, warnAtPercent: 80 } }, ['vault-nearly-full']],
    [{ brakeHolds: true }, ['quarantine-brake']],
    [{ otherAntiVirus: ['Other'] }, ['other-anti-virus']],
    [{ membership: 'pending' }, ['clone-pending']],
    [{ certificateCopied: true }, ['certificate-copied']],
    [{ certificateCopied: true, stopped: true }, ['certificate-copied', 'offline']],
  ];
  for (const [change, expected] of table) assert.deepEqual(kinds(change), expected, JSON.stringify(change));
});

test('RT-4f: off by schedule is no alarm', () => {
  assert.deepEqual(kinds({ protection: 'off-by-schedule' }), []);
});

test('MG-4a: a VM that is silent is told as silent, not by values that are old; one that is retired not at all', () => {
  const bad: Partial<VmFacts> = { protection: 'off', otherAntiVirus: ['x'], clockOffsetMs: 1e9 };
  assert.deepEqual(kinds({ ...bad, lastSeenMs: NOW - HOUR }), ['offline']);
  assert.deepEqual(kinds({ ...bad, membership: 'retired' }), []);
  assert.equal(kinds(bad).length, 3, 'and each cause by itself while it is heard');
});

test('MG-4b: a whole site that went quiet is one alarm; a site with one VM that is heard, or of two, is not', () => {
  const silent = (site: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({ vmId: `${site}${at}`, site }));
  const all = [...silent('osaka', 14), ...silent('tokyo', 9), ...silent('pair', 2)];
  const sites = [
    { site: 'osaka', vms: 14 },
    { site: 'tokyo', vms: 10 },
    { site: 'pair', vms: 2 },
  ];
  assert.deepEqual([...decideSilentSites(all, sites)], ['osaka']);
});
