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

/** Alarms as a person is told them: what, how urgent, and the facts. */
const alarms = (change: Partial<VmFacts>): string[] =>
  decideVmAlarms({ ...GOOD, ...change }, NOW).map(({ kind, severity, facts }) =>
    [kind, severity, ...Object.entries(facts).map(([fact, value]) => `${fact}=${value}`)].join(' '),
  );

test('MG-4a: each cause is its alarm, at its edge, with its severity and its facts, and none without a cause', () => {
  const never = { activatedMs: null, lastSeenMs: null };
  const later = { desiredPolicyHash: 'b' };
  const MIB = 2 ** 20;
  const table: readonly (readonly [Partial<VmFacts>, readonly string[]])[] = [
    [{}, []],
    [{ lastSeenMs: NOW - ALARM_LIMITS.offlineMs + 1 }, []],
    [{ lastSeenMs: NOW - ALARM_LIMITS.offlineMs }, ['offline act minutes=3 stopped=0']],
    [{ lastSeenMs: NOW - 4 * MINUTE + 1 }, ['offline act minutes=3 stopped=0']],
    [{ stopped: true }, ['offline act minutes=0 stopped=1']],
    [{ ...never, createdMs: NOW - 2 * HOUR + 1 }, ['never-activated watch hours=1']],
    [{ ...never, createdMs: NOW - HOUR }, ['never-activated watch hours=1']],
    [{ ...never, createdMs: NOW - HOUR + 1 }, []],
    [{ activatedMs: null }, ['never-activated watch hours=90']],
    [{ lastSeenMs: null }, ['never-activated watch hours=90']],
    [{ protection: 'not-protected-yet' }, ['not-protected-yet act']],
    [{ protection: 'off' }, ['protection-off act']],
    [{ protection: 'degraded' }, ['degraded watch']],
    [{ protection: 'off', protectionWhy: 'scanner.down' }, ['protection-off act code=scanner.down']],
    [{ protection: 'unknown' }, []],
    [{ protection: 'off-by-policy' }, []],
    [{ protection: 'off-by-schedule' }, []],
    [{ protection: 'starter-only' }, []],
    [{ patternsSinceMs: null }, []],
    [{ patternsSinceMs: NOW - 24 * HOUR + 1 }, []],
    [{ patternsSinceMs: NOW - 24 * HOUR }, ['patterns-old watch hours=24']],
    [{ patternsFault: 'patterns.canary_detected' }, ['patterns-refused act code=patterns.canary_detected']],
    [{ patternsFault: 'patterns.signature' }, ['patterns-refused act code=patterns.signature']],
    [{ patternsFault: 'link.download' }, ['patterns-refused act code=link.download']],
    [{ patternsFault: 'link.unreachable' }, []],
    [{ patternsFault: 'patterns.load_in_progress' }, []],
    [{ ...later, policyDesiredSinceMs: NOW - 10 * MINUTE + 1 }, []],
    [{ ...later, policyDesiredSinceMs: NOW - 10 * MINUTE }, ['policy-not-applied watch minutes=10']],
    [{ ...later, policyDesiredSinceMs: NOW - 12 * MINUTE + 1 }, ['policy-not-applied watch minutes=11']],
    [{ ...later, policyDesiredSinceMs: null }, []],
    [{ policyDesiredSinceMs: NOW - 10 * MINUTE }, []],
    [{ desiredPolicyHash: null, policyDesiredSinceMs: NOW - 10 * MINUTE }, []],
    [{ notApplied: ['/realtime/x', '/y'] }, ['policy-not-applied watch path=/realtime/x']],
    [{ clockOffsetMs: null }, []],
    [{ clockOffsetMs: 60_000 }, []],
    [{ clockOffsetMs: -60_001 }, ['clock-off watch offsetMs=-60001']],
    [{ disk: null }, []],
    [{ disk: { freeBytes: 100, totalBytes: 40 * 2 ** 30 } }, ['disk-full act freeBytes=100']],
    [{ disk: { freeBytes: 512 * MIB, totalBytes: 40 * 2 ** 30 } }, []],
    [{ disk: { freeBytes: 512 * MIB - 1, totalBytes: 40 * 2 ** 30 } }, [`disk-full act freeBytes=${512 * MIB - 1}`]],
    [{ disk: { freeBytes: 100 * MIB, totalBytes: 2 ** 30 } }, []],
    [{ disk: { freeBytes: 5 * MIB, totalBytes: 100 * MIB } }, []],
    [{ disk: { freeBytes: 0, totalBytes: 0 } }, ['disk-full act freeBytes=0']],
    [{ disk: { freeBytes: 5, totalBytes: 0 } }, ['disk-full act freeBytes=5']],
    [{ vault: null }, []],
    [{ vault: { bytes: 0, bytesMax: 0, warnAtPercent: 80 } }, []],
    [{ vault: { bytes: 1, bytesMax: 0, warnAtPercent: 80 } }, []],
    [{ vault: { bytes: 79, bytesMax: 100, warnAtPercent: 80 } }, []],
    [{ vault: { bytes: 80, bytesMax: 100, warnAtPercent: 80 } }, ['vault-nearly-full watch percent=80']],
    [{ brakeHolds: true }, ['quarantine-brake act']],
    [{ otherAntiVirus: ['Other', 'More'] }, ['other-anti-virus act product=Other, More']],
    [{ membership: 'pending' }, ['clone-pending watch']],
    [{ certificateCopied: true }, ['certificate-copied act']],
    [{ certificateCopied: true, stopped: true }, ['certificate-copied act', 'offline act minutes=0 stopped=1']],
  ];
  for (const [change, expected] of table) assert.deepEqual(alarms(change), expected, JSON.stringify(change));
});

test('from when on something is an alarm', () => {
  assert.deepEqual(ALARM_LIMITS, {
    neverActivatedMs: 3_600_000,
    offlineMs: 180_000,
    patternsOldMs: 86_400_000,
    policyLateMs: 600_000,
    clockOffMs: 60_000,
    diskFreePercentMin: 5,
    diskFreeBytesMin: 536_870_912,
  });
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
  const all = [...silent('osaka', 14), ...silent('tokyo', 9), ...silent('pair', 2), ...silent('three', 3)];
  const sites = [
    { site: 'osaka', vms: 14 },
    { site: 'tokyo', vms: 10 },
    { site: 'pair', vms: 2 },
    { site: 'three', vms: 3 },
  ];
  assert.deepEqual([...decideSilentSites(all, sites)], ['osaka', 'three']);
});
