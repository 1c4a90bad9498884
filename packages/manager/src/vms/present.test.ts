// SPDX-License-Identifier: Apache-2.0
// How a row of the database becomes what list and page show. From the database itself: vms.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALARM_KINDS, PROTECTION_STATES, vmDetailSchema, type RealtimeReport, type VmReport } from '@lazaret/contract';
import { testReport, zeroCounts } from '../testing/test-report.ts';
import { presentVm, presentVmDetail, type DetailParts } from './present.ts';
import type { Protects } from './protects.ts';
import type { VmRowRead } from './query.ts';

const [ID, GROUP, POLICY, SCAN, CLONE] = ['1', '2', '3', '4', '5'].map(
  (digit) => `01939d00-0000-7000-8000-00000000000${digit}`,
) as [string, string, string, string, string];
const HASH = 'a'.repeat(64);
const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 30, hour));
const PROTECTS: Protects = {
  realtime: null,
  scheduled: { directories: 'all', paths: [], morePaths: 0, files: 'all', exceptions: 0 },
};
const POLICIES = new Map([[HASH, PROTECTS]]);
const NOTHING: DetailParts = { certificate: null, origin: null, policies: POLICIES };

/** A VM that has not said anything yet. */
const SILENT = {
  id: ID,
  name: 'web-03',
  group_id: null,
  group_name: null,
  link_state: 'never-activated',
  last_seen_at: null,
  protection: 'unknown',
  settings_state: 'unknown',
  desired_id: POLICY,
  desired_name: 'Default',
  desired_revision: 7,
  desired_hash: HASH,
  applied_hash: null,
  applied_revision: null,
  release: null,
  release_created_at: null,
  addresses: [],
  alarm_kinds: [],
  running_scan: null,
  last_scan: null,
  created_at: at(1),
  accepted_at: null,
  retired_at: null,
  clock_difference_ms: null,
  holder: null,
  machine: null,
  report: null,
};
const rowOf = (fields: Partial<Record<keyof typeof SILENT, unknown>> = {}): VmRowRead =>
  ({ ...SILENT, ...fields }) as unknown as VmRowRead;
const list = (fields?: Parameters<typeof rowOf>[0]) => presentVm(rowOf(fields), POLICIES);
const detail = (fields?: Parameters<typeof rowOf>[0], parts: Partial<DetailParts> = {}) =>
  presentVmDetail(rowOf(fields), { ...NOTHING, ...parts });
const told = (report: Partial<VmReport> = {}) => detail({ report: testReport(report) });

const DESIRED = { policyId: POLICY, name: 'Default', revision: 7, hash: HASH };

test('of a VM that has told nothing everything is unknown, and nothing is made up', () => {
  const shown = detail();
  assert.deepEqual(shown, {
    id: ID,
    name: 'web-03',
    group: null,
    link: { state: 'never-activated', lastSeenAt: null },
    protection: { state: 'unknown', why: null },
    settings: { state: 'unknown', desired: DESIRED, applied: null },
    protects: null,
    patterns: { release: null, since: null, signatures: null, starterOnly: false },
    system: { os: null, kernel: null, agentVersion: null, addresses: [], zone: null },
    alarms: [],
    runningScanId: null,
    lastScan: null,
    createdAt: '2026-11-30T01:00:00.000Z',
    origin: null,
    clockOffsetMs: null,
    disk: null,
    memoryBytes: null,
    otherAntiVirus: [],
    knock: null,
    notApplied: [],
    coverage: null,
    mounts: [],
    realtime: null,
    vault: null,
    certificate: null,
    acceptedAt: null,
    retiredAt: null,
  });
  vmDetailSchema.parse(shown);
});

test('what a VM is, what it has in force, and what it told of itself stand each in its place', () => {
  const machine = {
    hostname: 'web-03',
    operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0-49-amd64',
    architecture: 'x86_64',
    agentVersion: '0.1.0',
    addresses: ['10.0.0.1'],
    memoryBytes: 1_024,
  };
  const patterns = {
    release: 'starter-3f2a90b1c4d5',
    createdAt: null,
    signatures: 12,
    starterOnly: true,
    checkedAt: null,
    fault: null,
  };
  const policy = {
    hash: HASH,
    name: 'Default',
    notApplied: [{ path: '/realtime/new' }, { path: '/x' }],
    refused: null,
  };
  const vault = { entries: 3, bytes: 4, bytesMax: 5, hash: HASH };
  const shown = detail({
    group_id: GROUP,
    group_name: 'web',
    link_state: 'online',
    last_seen_at: at(2),
    protection: 'starter-only',
    settings_state: 'applied',
    applied_hash: HASH,
    applied_revision: 6,
    release: 'starter-3f2a90b1c4d5',
    release_created_at: at(3),
    addresses: ['10.0.0.1', 'fd00::7'],
    running_scan: SCAN,
    accepted_at: at(4),
    retired_at: at(5),
    clock_difference_ms: '-1500',
    machine,
    report: testReport({
      patterns,
      policy,
      vault,
      otherProducts: ['clamonacc'],
      disk: { freeBytes: 6, totalBytes: 7 },
    }),
  });
  vmDetailSchema.parse(shown);
  assert.deepEqual(shown.group, { id: GROUP, name: 'web' });
  assert.deepEqual(shown.link, { state: 'online', lastSeenAt: '2026-11-30T02:00:00.000Z' });
  assert.deepEqual(shown.protection, { state: 'starter-only', why: null });
  assert.deepEqual(shown.settings, { state: 'applied', desired: DESIRED, applied: { hash: HASH, revision: 6 } });
  assert.deepEqual(shown.protects, PROTECTS);
  assert.deepEqual(shown.patterns, {
    release: 'starter-3f2a90b1c4d5',
    since: '2026-11-30T03:00:00.000Z',
    signatures: 12,
    starterOnly: true,
  });
  assert.deepEqual(shown.system, {
    os: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0-49-amd64',
    agentVersion: '0.1.0',
    addresses: ['10.0.0.1', 'fd00::7'],
    zone: null,
  });
  assert.deepEqual(
    [shown.runningScanId, shown.clockOffsetMs, shown.memoryBytes, shown.otherAntiVirus, shown.notApplied],
    [SCAN, -1_500, 1_024, ['clamonacc'], ['/realtime/new', '/x']],
  );
  assert.deepEqual(
    [shown.disk, shown.vault],
    [
      { freeBytes: 6, totalBytes: 7 },
      { entries: 3, bytes: 4, bytesMax: 5 },
    ],
  );
  assert.deepEqual([shown.acceptedAt, shown.retiredAt], ['2026-11-30T04:00:00.000Z', '2026-11-30T05:00:00.000Z']);
});

test('a policy that is none of ours has no revision, and what it protects is not known', () => {
  const { settings, protects } = list({ applied_hash: 'b'.repeat(64), settings_state: 'not-applied' });
  assert.deepEqual([settings.applied, protects], [{ hash: 'b'.repeat(64), revision: null }, null]);
});

test('why a VM is not protected is of its report; a state and an alarm that this manager does not know are not handed on', () => {
  for (const state of PROTECTION_STATES) assert.equal(list({ protection: state }).protection.state, state);
  assert.equal(list({ protection: 'of tomorrow' }).protection.state, 'unknown');
  assert.equal(told({ engine: { up: false, workers: 0, workerDeaths: 0 } }).protection.why, 'scanner.down');
  assert.deepEqual(list({ alarm_kinds: [...ALARM_KINDS, 'of tomorrow'] }).alarms, [...ALARM_KINDS]);
});

test('what was kept of a VM in a form that is none any more is as if it had not been told', () => {
  const { disk, system, memoryBytes, patterns } = detail({ report: { disk: 7 }, machine: { kernel: 6 } });
  assert.deepEqual([disk, system.kernel, memoryBytes, patterns.signatures], [null, null, null, null]);
});

const SUMMARY = {
  type: 'summary',
  files: 9,
  infected: 0,
  partly: 1,
  bytes: 100,
  coverage: { lookedAt: 8, all: 9 },
  unscanned: { encrypted: 1 },
  excepted: 2,
  patternRelease: 'starter-3f2a90b1c4d5',
  elapsedMs: 5,
  state: 'done',
  actionsFailed: 0,
};
const scanned = (summary: unknown) => ({
  last_scan: { id: SCAN, endedAt: '2026-11-30T06:00:00+00:00', state: 'done', summary },
});

test('the last scan is shown with its coverage, and the page tells what was not looked at, by reason', () => {
  const shown = detail(scanned(SUMMARY));
  assert.deepEqual(shown.lastScan, {
    scanId: SCAN,
    endedAt: '2026-11-30T06:00:00.000Z',
    state: 'done',
    coverage: { lookedAt: 8, all: 9 },
  });
  assert.deepEqual(shown.coverage, {
    lookedAt: 8,
    all: 9,
    unscanned: { encrypted: 1 },
    excepted: 2,
    scanId: SCAN,
    at: '2026-11-30T06:00:00.000Z',
  });
});

test('a scan without a summary, or with one that is none, has no coverage', () => {
  const without = detail(scanned(null));
  assert.deepEqual([without.lastScan?.coverage, without.coverage], [null, null]);
  const { files: _, ...half } = SUMMARY;
  const other = detail(scanned(half));
  assert.deepEqual([other.lastScan?.coverage, other.coverage], [{ lookedAt: 8, all: 9 }, null]);
});

test('mounts that real-time watches stand first, then those that it does not, each with why; how many more there are is told', () => {
  const realtimeReport: RealtimeReport = {
    why: 'gate-down',
    detail: 'it ended',
    watching: [{ mountPoint: '/', fileSystemType: 'ext4' }],
    moreWatching: 3,
    notCovered: [{ mountPoint: '/mnt', fileSystemType: 'nfs4', why: 'network', detail: 'EPERM' }],
    moreNotCovered: 4,
    counts: { ...zeroCounts(), opens: 5 },
  };
  const shown = told({ realtime: 'degraded', realtimeReport });
  assert.deepEqual(shown.mounts, [
    { path: '/', fileSystemType: 'ext4', covered: true, why: null, detail: null },
    { path: '/mnt', fileSystemType: 'nfs4', covered: false, why: 'network', detail: 'EPERM' },
  ]);
  assert.deepEqual(shown.realtime, {
    state: 'degraded',
    why: 'gate-down',
    detail: 'it ended',
    moreWatching: 3,
    moreNotCovered: 4,
    counts: { ...zeroCounts(), opens: 5 },
  });
});

test('of an agent that tells no more of real-time than its state, no mounts and no counts are shown', () => {
  const shown = told({ realtime: 'off' });
  assert.deepEqual(shown.mounts, []);
  assert.deepEqual(shown.realtime, {
    state: 'off',
    why: null,
    detail: null,
    moreWatching: 0,
    moreNotCovered: 0,
    counts: null,
  });
});

test('SY-7b: a stand-by port is off, listened to, taken by a program that is named, or cannot be opened', () => {
  const taken = { code: 'link.knock_port_taken', message: 'The stand-by port 4118 is used by nginx (812).' };
  const failed = { code: 'link.knock_failed', message: 'The stand-by port 80 cannot be opened: EACCES.' };
  const shown = (port: number | null, fault: typeof taken | null) => told({ knock: { port, fault } }).knock;
  assert.deepEqual(shown(null, null), { port: null, state: 'off', fault: null });
  assert.deepEqual(shown(4_122, null), { port: 4_122, state: 'listening', fault: null });
  assert.deepEqual(shown(null, taken), { port: null, state: 'taken', fault: taken });
  assert.deepEqual(shown(null, failed), { port: null, state: 'failed', fault: failed });
});

test('a copy is shown with what it was copied from, and with the machine that it is, where that told', () => {
  const origin = { id: CLONE, name: 'web-03' };
  const holder = { instance: ID, bootId: GROUP, machineId: 'f'.repeat(32), hardwareId: null };
  const copy = (kept: unknown) => detail({ addresses: ['10.0.0.9'], holder: kept }, { origin }).origin;
  const shown = { cloneOf: origin, addresses: ['10.0.0.9'] };
  assert.deepEqual(copy(holder), { ...shown, machineId: 'f'.repeat(32) });
  assert.deepEqual(
    [copy(null), copy({})],
    [
      { ...shown, machineId: null },
      { ...shown, machineId: null },
    ],
  );
});

test('a certificate is shown with its number and its end', () => {
  const certificate = { serial: '0a1b', not_after: at(7) };
  assert.deepEqual(detail({}, { certificate }).certificate, { serial: '0a1b', notAfter: '2026-11-30T07:00:00.000Z' });
});
