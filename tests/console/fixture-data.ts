// SPDX-License-Identifier: Apache-2.0
// What the stand-in manager knows: every kind of row, hostile names among them.
import {
  type Alarm,
  ALARM_KINDS,
  DETECTION_RESULTS,
  type DetectionRow,
  LINK_STATES,
  PROTECTION_STATES,
  SCAN_STATES,
  SETTINGS_STATES,
  TENANT_RIGHTS,
  type Vm,
} from '@lazaret/contract';
import { ago, HASH, id, RELEASE, VMS } from './fixture-vms.ts';

export const TENANT = id(1);
const web = { id: id(1000), name: 'web-001' };
const HOSTILE = '/srv/www/uploads/invoice\u{202e}fdp.exe';

export const SESSION = {
  user: { id: id(2), email: 'admin@example.com', name: 'Aoi Tanaka', language: 'en', provider: true, totp: false },
  tenants: [{ id: TENANT, name: 'Acme', role: 'admin', rights: [...TENANT_RIGHTS], consentUntil: null }],
  providerRights: ['provider.read', 'provider.write'],
  expiresAt: ago(-600),
};

export function countVms(vms: readonly Vm[]) {
  const count = (states: readonly string[], of: (vm: Vm) => string): Record<string, number> =>
    Object.fromEntries(states.map((state) => [state, vms.filter((vm) => of(vm) === state).length]));
  return {
    link: count(LINK_STATES, (vm) => vm.link.state),
    protection: count(PROTECTION_STATES, (vm) => vm.protection.state),
    settings: count(SETTINGS_STATES, (vm) => vm.settings.state),
  };
}

export const ALARMS: readonly Alarm[] = ALARM_KINDS.map((kind, index) => ({
  id: id(100 + index),
  kind,
  severity: kind === 'offline' || kind === 'silent-site' || kind === 'disk-full' ? 'act' : 'watch',
  since: ago(25 + index * 40),
  clearedAt: null,
  vm: kind === 'silent-site' ? null : web,
  vmCount: kind === 'silent-site' ? 14 : 1,
  site: kind === 'silent-site' ? 'Osaka' : null,
  facts: kind === 'patterns-old' ? { hours: 26 } : kind === 'clock-off' ? { offsetMs: 93_600_000 } : {},
  acknowledged: null,
}));

const STEP = {
  action: 'clean',
  result: 'failed',
  error: 'clean.not_available',
  message: 'No known original.',
} as const;

export const DETECTIONS: readonly DetectionRow[] = Array.from({ length: 120 }, (_, index) => {
  const result = DETECTION_RESULTS[index % DETECTION_RESULTS.length] ?? 'none';
  return {
    id: id(200 + index),
    vm: VMS[index % 20] === undefined ? web : { id: VMS[index % 20]?.id ?? '', name: VMS[index % 20]?.name ?? '' },
    time: ago(5 + index * 37),
    receivedAt: ago(5 + index * 37),
    origin: (['realtime', 'scheduled', 'manual'] as const)[index % 3] ?? 'manual',
    path: index === 1 ? HOSTILE : `/srv/www/site-${index}/a.zip`,
    pathBase64: null,
    threat: index % 4 === 0 ? 'Eicar-Test-Signature' : 'Lazaret.Webshell.Generic',
    kind: index % 4 === 0 ? 'test' : 'webshell',
    bytes: 68 + index,
    sha256: HASH,
    action: 'clean',
    result,
    quarantineEntry: result === 'quarantined' ? id(700 + index) : null,
  };
});

export const DETECTION = {
  ...DETECTIONS[2],
  threats: [{ name: 'Eicar-Test-Signature', kind: 'test', layers: ['b.tar.gz', 'x\u{202e}moc.com'] }],
  trueType: 'zip',
  file: { fileSystem: 'aabb', handle: '1:ff', device: '2049', inode: '13' },
  unscanned: [{ reason: 'encrypted', layers: ['secret.zip', 'plan.pdf'], bytes: 1234 }],
  threatsLeftOut: 3,
  unscannedLeftOut: 12,
  steps: {
    primary: STEP,
    secondary: { action: 'quarantine', result: 'done' },
    notify: true,
    quarantineId: id(702),
    decidedBy: '/realtime/action',
  },
  process: {
    pid: 411,
    startedAt: ago(700),
    executable: '/usr/sbin/php-fpm\u{202e}',
    commandLine: 'php-fpm: pool www --password ***',
    user: 'www-data',
    container: 'shop',
    parents: ['/sbin/init', '/usr/sbin/nginx'],
  },
  access: 'open',
  refused: true,
  attempts: 1_204,
  origin: 'realtime',
  scanId: null,
  vmZone: 'Asia/Tokyo',
  patternRelease: RELEASE,
  policy: { policyId: id(20), name: 'Web', revision: 42, hash: HASH },
  policyHash: HASH,
  decidedBy: '/realtime/directories',
  sameHashVms: 3,
  notifications: [{ channel: 'mail', to: 'ops@example.com', state: 'sent', at: ago(4) }],
};

export const OVERVIEW = {
  needs: [
    { kind: 'action-failed', severity: 'act', since: ago(120), detection: { ...DETECTIONS[5], path: HOSTILE } },
    ...ALARMS.filter(({ kind }) => ['silent-site', 'patterns-old', 'clone-pending'].includes(kind)).map((alarm) => ({
      kind: 'alarm',
      severity: alarm.severity,
      since: alarm.since,
      alarm,
    })),
    { kind: 'setup', severity: 'watch', since: null, step: 'mail' },
  ],
  needsTotal: 7,
  vms: { protected: 204, total: 218, running: 2 },
  notScanned: 1204,
  detections7Days: 9,
  held: 12,
  next: { patterns: ago(-15), scan: ago(-540), scanVm: web },
  lastDetection: { time: ago(5), path: '/srv/a.zip' },
};

export const VM_DETAIL = {
  ...VMS[0],
  link: { state: 'online', lastSeenAt: ago(0.1) },
  protection: { state: 'degraded', why: 'realtime.notify-only' },
  patterns: { ...VMS[0]?.patterns, signatures: 18, starterOnly: true },
  settings: { ...VMS[0]?.settings, state: 'applying', applied: { hash: HASH, revision: 42 } },
  origin: null,
  clockOffsetMs: 120,
  disk: { freeBytes: 8_589_934_592, totalBytes: 21_474_836_480 },
  memoryBytes: 1_073_741_824,
  otherAntiVirus: [],
  knock: { port: 4118, state: 'listening', fault: null },
  notApplied: [],
  coverage: {
    lookedAt: 88_001,
    all: 88_121,
    unscanned: { encrypted: 61, password: 30, size: 29 },
    excepted: 4,
    scanId: id(501),
    at: ago(300),
  },
  mounts: [
    { path: '/', fileSystemType: 'ext4', covered: true, why: null, detail: null },
    { path: '/srv', fileSystemType: 'xfs', covered: true, why: null, detail: null },
    { path: '/srv/later', fileSystemType: '', covered: false, why: 'missing', detail: null },
    { path: '/mnt/nas', fileSystemType: 'nfs4', covered: false, why: 'network', detail: null },
    { path: '/var/lib/lxcfs', fileSystemType: 'fuse.lxcfs', covered: false, why: 'kernel', detail: 'No such device' },
    { path: '/media/old\u{202e}', fileSystemType: 'ext4', covered: false, why: 'hidden', detail: null },
  ],
  realtime: {
    state: 'degraded',
    why: 'notify-only',
    detail: 'Operation not permitted',
    moreWatching: 3,
    moreNotCovered: 12,
    counts: {
      opens: 1_204_331,
      cacheHits: 1_190_004,
      ignoreMarks: 8_120,
      scans: 14_327,
      detections: 2,
      refused: 9,
      letThrough: 3,
      overload: 1,
      waiting: 0,
    },
  },
  vault: { entries: 4, bytes: 4_823_040, bytesMax: 1_073_741_824 },
  certificate: { notAfter: ago(-60 * 24 * 60), serial: '01' },
  acceptedAt: null,
  retiredAt: null,
};

export const COMMANDS = (['queued', 'sent', 'done', 'failed', 'expired'] as const).map((state, index) => ({
  id: id(600 + index),
  vmId: web.id,
  kind: index % 2 === 0 ? 'scan' : 'quarantine-restore',
  state,
  createdAt: ago(10 + index),
  createdBy: 'Aoi Tanaka',
  sentAt: state === 'queued' ? null : ago(9),
  endedAt: state === 'done' || state === 'failed' ? ago(8) : null,
  expiresAt: ago(-600),
  error: state === 'failed' ? { code: 'restore.exists', message: '/srv/a.zip exists; nothing changed.' } : null,
  result: null,
}));

export const GROUPS = [{ id: id(30), name: 'Osaka', policy: { id: id(20), name: 'Web' }, createdAt: ago(9000) }];

export const HASH_REPORT = {
  sha256: HASH,
  threats: ['Eicar-Test-Signature'],
  firstSeenAt: ago(5000),
  lastSeenAt: ago(5),
  detections: 4,
  vms: [
    { vm: web, detections: 3, lastSeenAt: ago(5), lastPath: HOSTILE, held: 1, lastResult: 'quarantined' },
    {
      vm: { id: id(1001), name: 'db-002' },
      detections: 1,
      lastSeenAt: ago(900),
      lastPath: '/data/x',
      held: 0,
      lastResult: 'failed',
    },
  ],
};

export const HELD = (['held', 'restoring', 'deleting', 'missing', 'held'] as const).map((state, index) => ({
  vm: web,
  entry: id(700 + index),
  state,
  path: index === 0 ? HOSTILE : `/srv/www/a-${index}.zip`,
  pathBase64: null,
  threat: 'Eicar-Test-Signature',
  kind: 'test',
  bytes: 68 * (index + 1),
  sha256: HASH,
  since: ago(50 + index * 100),
  keptUntil: ago(-60 * 24 * 29),
  detectionId: id(202),
  error: index === 4 ? { code: 'restore.exists', message: 'It exists; nothing changed.' } : null,
}));

const SUMMARY = {
  type: 'summary',
  files: 88_120,
  infected: 1,
  partly: 90,
  bytes: 9_000_000_000,
  coverage: { lookedAt: 88_001, all: 88_121 },
  unscanned: { encrypted: 61, password: 30, size: 29 },
  excepted: 4,
  patternRelease: RELEASE,
  elapsedMs: 754_000,
  state: 'done',
  actionsFailed: 0,
};

export const SCANS = SCAN_STATES.map((state, index) => {
  const open = state === 'queued' || state === 'running' || state === 'paused';
  return {
    id: id(500 + index),
    vm: web,
    runId: state === 'queued' ? null : `run-${index}`,
    origin: index % 2 === 0 ? 'manual' : 'scheduled',
    scope: 'full',
    paths: [],
    state,
    why: state === 'skipped' ? 'Another scan was running.' : null,
    requestedBy: index % 2 === 0 ? 'Aoi Tanaka' : null,
    queuedAt: ago(40),
    startedAt: state === 'queued' ? null : ago(35),
    endedAt: open ? null : ago(20),
    progress:
      state === 'running' || state === 'paused'
        ? {
            files: 36_120,
            bytes: 3_690_000_000,
            infected: 1,
            filesExpected: 88_120,
            percent: 41.2,
            remainingMs: 720_000,
            at: ago(0.1),
          }
        : null,
    summary: state === 'done' ? SUMMARY : null,
  };
});

const OPENER = {
  pid: 411,
  startedAt: ago(700),
  executable: '/usr/sbin/php-fpm',
  commandLine: ['php-fpm'],
  user: 'www-data',
  uid: 33,
  gid: 33,
  container: null,
  parents: [],
};
const LET_THROUGH = {
  letThrough: id(850),
  cause: 'deadline',
  answered: 'allow',
  path: HOSTILE,
  file: null,
  access: 'open',
  opener: OPENER,
  waitedMs: 10_000,
  scanned: null,
};

/** One event of each kind, as an agent's spool has them; and one that this page does not know. */
export const EVENTS = (
  [
    [
      'realtime.state',
      {
        state: 'degraded',
        reason: 'x',
        why: 'notify-only',
        notCovered: [{ mountPoint: '/mnt/nas', fileSystemType: 'nfs4', why: 'network' }],
      },
    ],
    ['realtime.let-through', LET_THROUGH],
    ['realtime.let-through', { ...LET_THROUGH, scanned: { verdict: 'infected', afterMs: 4_100 } }],
    ['realtime.gap', { cause: 'supervisor-died', from: ago(9), to: ago(8) }],
    ['realtime.gap', { cause: 'overflow', from: ago(7), to: ago(6) }],
    ['update.checked', { outcome: 'nothing-new', release: RELEASE }],
    ['update.checked', { outcome: 'failed', release: RELEASE, code: 'patterns.load_timeout' }],
    ['quarantine.restored', { entry: id(702), path: HOSTILE }],
    ['quarantine.deleted', { entry: id(703) }],
    ['run.started', { runId: 'r', origin: 'manual', scope: 'quick', resumed: false }],
    ['run.ended', { runId: 'r', origin: 'scheduled', summary: SUMMARY }],
    ['run.skipped', { origin: 'scheduled', why: 'another scan was running' }],
    ['run.failed', { planned: ago(5), code: 'scanner.down' }],
    ['schedule.due', { purpose: 'scan', kind: 'skip', planned: ago(500), skipped: 1 }],
    ['schedule.clock-back', { purpose: 'scan', decided: ago(-90), now: ago(3) }],
    ['policy.applied', { hash: HASH }],
    ['policy.refused', { code: 'policy.invalid', message: 'The policy has no name.' }],
    ['alarm', { alarm: 'vault-nearly-full', percent: 84 }],
    ['gap', { lostFrom: 5, lostTo: 12 }],
    ['later.kind', { what: 'something new' }],
  ] as const
).map(([type, body], index) => ({
  id: id(800 + index),
  time: ago(3 + index),
  type,
  body: {
    schema: 'lazaret.event/1',
    id: id(800 + index),
    epoch: id(1),
    sequence: 900 - index,
    time: ago(3 + index),
    bootId: id(2),
    monotonicMs: 1,
    policyHash: null,
    patternRelease: RELEASE,
    decidedBy: null,
    type,
    ...body,
  },
}));
