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
  steps: {
    primary: STEP,
    secondary: { action: 'quarantine', result: 'done' },
    notify: true,
    quarantineId: id(702),
    decidedBy: '/realtime/action',
  },
  process: {
    pid: 411,
    executable: '/usr/sbin/php-fpm',
    commandLine: null,
    user: 'www-data',
    container: 'shop',
    parents: ['nginx'],
  },
  access: 'open',
  refused: true,
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
  protection: { state: 'degraded', why: null },
  settings: { ...VMS[0]?.settings, state: 'applying', applied: { hash: HASH, revision: 42 } },
  origin: null,
  clockOffsetMs: 120,
  disk: { freeBytes: 8_589_934_592, totalBytes: 21_474_836_480 },
  memoryBytes: 1_073_741_824,
  otherAntiVirus: [],
  knock: { port: 4118, state: 'listening' },
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
    { path: '/', fileSystemType: 'ext4', covered: true, why: null },
    { path: '/mnt/nas', fileSystemType: 'nfs4', covered: false, why: 'network' },
  ],
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

export const EVENTS = [
  { id: id(800), time: ago(3), type: 'update.checked', body: { outcome: 'nothing-new', release: RELEASE } },
  { id: id(801), time: ago(30), type: 'quarantine.restored', body: { entry: id(702), path: HOSTILE } },
];

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
