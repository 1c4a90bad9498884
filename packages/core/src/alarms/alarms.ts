// SPDX-License-Identifier: Apache-2.0
// What of a VM is an alarm (MG-4), from what it last told of itself and when. An alarm holds as long as its cause: it clears itself.
// "Off by schedule" is none (RT-4f); unknown is never good: a VM that is offline is told as offline, not by its old values.

export type VmAlarmKind =
  | 'never-activated'
  | 'not-protected-yet'
  | 'offline'
  | 'protection-off'
  | 'degraded'
  | 'patterns-old'
  | 'patterns-refused'
  | 'policy-not-applied'
  | 'clock-off'
  | 'disk-full'
  | 'vault-nearly-full'
  | 'quarantine-brake'
  | 'other-anti-virus'
  | 'clone-pending'
  | 'certificate-copied';

/** `act`: a person is needed now. `watch`: it may heal itself, or can wait. */
export type AlarmSeverity = 'act' | 'watch';

export type AlarmFacts = Readonly<Record<string, string | number>>;

export interface VmAlarm {
  readonly kind: VmAlarmKind;
  readonly severity: AlarmSeverity;
  readonly facts: AlarmFacts;
}

/** What the manager knows of a VM. Times in ms since 1970 by the manager's clock; null = never, or not told. */
export interface VmFacts {
  readonly membership: 'active' | 'pending' | 'retired';
  readonly createdMs: number;
  readonly activatedMs: number | null;
  readonly lastSeenMs: number | null;
  /** It said that it would go: a stop in order, not a silence. */
  readonly stopped: boolean;
  readonly protection:
    | 'protected'
    | 'starter-only'
    | 'not-protected-yet'
    | 'off'
    | 'off-by-policy'
    | 'off-by-schedule'
    | 'degraded'
    | 'unknown';
  readonly protectionWhy: string | null;
  readonly patternsSinceMs: number | null;
  /** Code of why the last look brought no newer ones. */
  readonly patternsFault: string | null;
  readonly desiredPolicyHash: string | null;
  readonly appliedPolicyHash: string | null;
  /** Since when a policy other than the applied one is desired. */
  readonly policyDesiredSinceMs: number | null;
  /** Settings that this agent does not know. */
  readonly notApplied: readonly string[];
  readonly clockOffsetMs: number | null;
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  readonly vault: { readonly bytes: number; readonly bytesMax: number; readonly warnAtPercent: number } | null;
  /** AC-14: the VM takes no further file away until somebody there says so. */
  readonly brakeHolds: boolean;
  readonly otherAntiVirus: readonly string[];
  /** A copy of its certificate was seen, lately or without being replaced since. */
  readonly certificateCopied: boolean;
}

/** From when on something is an alarm. */
export interface AlarmLimits {
  readonly neverActivatedMs: number;
  readonly offlineMs: number;
  readonly patternsOldMs: number;
  readonly policyLateMs: number;
  readonly clockOffMs: number;
  readonly diskFreePercentMin: number;
  readonly diskFreeBytesMin: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const ALARM_LIMITS: AlarmLimits = {
  neverActivatedMs: HOUR_MS,
  // Three long polls: one that is lost, and one that comes late, are no alarm.
  offlineMs: 3 * MINUTE_MS,
  patternsOldMs: 24 * HOUR_MS,
  policyLateMs: 10 * MINUTE_MS,
  clockOffMs: MINUTE_MS,
  diskFreePercentMin: 5,
  diskFreeBytesMin: 512 * 1024 * 1024,
};

/** Every alarm of a VM at a moment; nothing that a later alarm would only repeat. */
export function decideVmAlarms(vm: VmFacts, nowMs: number, limits: AlarmLimits = ALARM_LIMITS): readonly VmAlarm[] {
  if (vm.membership === 'retired') return [];
  if (vm.membership === 'pending') return [alarm('clone-pending', 'watch')];
  // Whether it is heard or not: a copy is used best while the VM is off.
  const copied = vm.certificateCopied ? [alarm('certificate-copied', 'act')] : [];
  return [...copied, ...decideByReport(vm, nowMs, limits)];
}

function decideByReport(vm: VmFacts, nowMs: number, limits: AlarmLimits): readonly VmAlarm[] {
  if (vm.activatedMs === null || vm.lastSeenMs === null) {
    const waitedMs = nowMs - vm.createdMs;
    return waitedMs >= limits.neverActivatedMs ? [alarm('never-activated', 'watch', hours(waitedMs))] : [];
  }
  const silentMs = nowMs - vm.lastSeenMs;
  if (vm.stopped || silentMs >= limits.offlineMs) {
    return [alarm('offline', 'act', { minutes: Math.floor(silentMs / MINUTE_MS), stopped: vm.stopped ? 1 : 0 })];
  }
  return ONLINE_RULES.flatMap((rule) => rule(vm, nowMs, limits) ?? []);
}

type Rule = (vm: VmFacts, nowMs: number, limits: AlarmLimits) => VmAlarm | null;

const protection: Rule = ({ protection: state, protectionWhy }) => {
  const facts: AlarmFacts = protectionWhy === null ? {} : { code: protectionWhy };
  switch (state) {
    case 'not-protected-yet':
      return alarm('not-protected-yet', 'act', facts);
    case 'off':
      return alarm('protection-off', 'act', facts);
    case 'degraded':
      return alarm('degraded', 'watch', facts);
    case 'protected':
    case 'starter-only':
    case 'off-by-policy':
    case 'off-by-schedule':
    case 'unknown':
      return null;
  }
};

const patterns: Rule = ({ patternsSinceMs }, nowMs, { patternsOldMs }) => {
  if (patternsSinceMs === null || nowMs - patternsSinceMs < patternsOldMs) return null;
  return alarm('patterns-old', 'watch', hours(nowMs - patternsSinceMs));
};

/** PF-4c: a release came and was not put in force; the one before protects on. A source that cannot be reached is none: then patterns grow old. */
const refusedRelease: Rule = ({ patternsFault }) => {
  // Another load runs: what came is neither in force nor refused yet.
  if (patternsFault === null || patternsFault === 'patterns.load_in_progress') return null;
  // Bytes that are not what their release names: a broken source, or one that somebody else holds.
  const isRefusal = patternsFault === 'link.download' || patternsFault.startsWith('patterns.');
  return isRefusal ? alarm('patterns-refused', 'act', { code: patternsFault }) : null;
};

const policy: Rule = (vm, nowMs, { policyLateMs }) => {
  if (vm.notApplied.length > 0) return alarm('policy-not-applied', 'watch', { path: vm.notApplied[0] ?? '' });
  if (vm.desiredPolicyHash === null || vm.desiredPolicyHash === vm.appliedPolicyHash) return null;
  const lateMs = nowMs - (vm.policyDesiredSinceMs ?? nowMs);
  return lateMs >= policyLateMs
    ? alarm('policy-not-applied', 'watch', { minutes: Math.floor(lateMs / MINUTE_MS) })
    : null;
};

const clock: Rule = ({ clockOffsetMs }, _nowMs, { clockOffMs }) =>
  clockOffsetMs === null || Math.abs(clockOffsetMs) <= clockOffMs
    ? null
    : alarm('clock-off', 'watch', { offsetMs: clockOffsetMs });

const disk: Rule = ({ disk: space }, _nowMs, { diskFreePercentMin, diskFreeBytesMin }) => {
  if (space === null || space.freeBytes >= diskFreeBytesMin) return null;
  const percent = space.totalBytes === 0 ? 0 : (100 * space.freeBytes) / space.totalBytes;
  return percent >= diskFreePercentMin ? null : alarm('disk-full', 'act', { freeBytes: space.freeBytes });
};

const vault: Rule = ({ vault: held }) => {
  if (held === null || held.bytesMax === 0) return null;
  const percent = Math.floor((100 * held.bytes) / held.bytesMax);
  return percent >= held.warnAtPercent ? alarm('vault-nearly-full', 'watch', { percent }) : null;
};

const brake: Rule = ({ brakeHolds }) => (brakeHolds ? alarm('quarantine-brake', 'act') : null);

const other: Rule = ({ otherAntiVirus }) =>
  otherAntiVirus.length === 0 ? null : alarm('other-anti-virus', 'act', { product: otherAntiVirus.join(', ') });

const ONLINE_RULES: readonly Rule[] = [protection, patterns, refusedRelease, policy, clock, disk, vault, brake, other];

function alarm(kind: VmAlarmKind, severity: AlarmSeverity, facts: AlarmFacts = {}): VmAlarm {
  return { kind, severity, facts };
}

const hours = (ms: number): AlarmFacts => ({ hours: Math.floor(ms / HOUR_MS) });

/** A VM that went silent, and where it stands: its group, else the network of its first address. */
export interface SilentVm {
  readonly vmId: string;
  readonly site: string;
}

export interface SiteCount {
  readonly site: string;
  /** VMs of the site that should be online. */
  readonly vms: number;
}

const SITE_VMS_MIN = 3;

/**
 * A whole site gone quiet is one alarm (MG-4). A site is quiet when at least three of its VMs are silent and not one of it is heard.
 * Answers the sites; their VMs have no alarm of their own then.
 */
export function decideSilentSites(silent: readonly SilentVm[], sites: readonly SiteCount[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { site } of silent) counts.set(site, (counts.get(site) ?? 0) + 1);
  const quiet = sites.filter(({ site, vms }) => vms >= SITE_VMS_MIN && counts.get(site) === vms);
  return new Set(quiet.map(({ site }) => site));
}
