// SPDX-License-Identifier: Apache-2.0
// Rows of VMs as the API shows them. Pure.
import {
  ALARM_KINDS,
  holderSchema,
  machineSchema,
  PROTECTION_STATES,
  summaryRowSchema,
  vmReportSchema,
  type AlarmKind,
  type Machine,
  type ProtectionState,
  type Vm,
  type VmDetail,
  type VmReport,
} from '@lazaret/contract';
import { protectionWhy } from './protection.ts';
import type { Protects } from './protects.ts';
import type { VmRowRead } from './query.ts';

export function presentVm(row: VmRowRead, policies: ReadonlyMap<string, Protects>): Vm {
  const machine = readMachine(row);
  const report = readReport(row);
  return {
    id: row.id,
    name: row.name,
    group: row.group_id === null ? null : { id: row.group_id, name: row.group_name ?? '' },
    link: { state: row.link_state, lastSeenAt: row.last_seen_at?.toISOString() ?? null },
    protection: { state: protectionOf(row.protection), why: report === null ? null : protectionWhy(report) },
    settings: {
      state: row.settings_state,
      desired: {
        policyId: row.desired_id,
        name: row.desired_name,
        revision: row.desired_revision,
        hash: row.desired_hash,
      },
      applied: row.applied_hash === null ? null : { hash: row.applied_hash, revision: row.applied_revision },
    },
    protects: policies.get(row.applied_hash ?? '') ?? null,
    patterns: {
      release: row.release,
      since: row.release_created_at?.toISOString() ?? null,
      signatures: report?.patterns.signatures ?? null,
      starterOnly: report?.patterns.starterOnly ?? false,
    },
    system: {
      os: machine?.operatingSystem ?? null,
      kernel: machine?.kernel ?? null,
      agentVersion: machine?.agentVersion ?? null,
      addresses: row.addresses,
      zone: null,
    },
    alarms: row.alarm_kinds.filter((kind): kind is AlarmKind => (ALARM_KINDS as readonly string[]).includes(kind)),
    runningScanId: row.running_scan,
    lastScan: lastScanOf(row),
    createdAt: row.created_at.toISOString(),
  };
}

export interface DetailParts {
  readonly certificate: { readonly serial: string; readonly not_after: Date } | null;
  readonly origin: { readonly id: string; readonly name: string } | null;
  readonly policies: ReadonlyMap<string, Protects>;
}

export function presentVmDetail(row: VmRowRead, { certificate, origin, policies }: DetailParts): VmDetail {
  const report = readReport(row);
  const machine = readMachine(row);
  return {
    ...presentVm(row, policies),
    origin: origin === null ? null : { cloneOf: origin, addresses: row.addresses, machineId: machineIdOf(row.holder) },
    clockOffsetMs: row.clock_difference_ms === null ? null : Number(row.clock_difference_ms),
    disk: report?.disk ?? null,
    memoryBytes: machine?.memoryBytes ?? null,
    otherAntiVirus: report?.otherProducts ?? [],
    knock: knockOf(report),
    notApplied: report?.policy.notApplied.map(({ path }) => path) ?? [],
    coverage: coverageOf(row),
    mounts: mountsOf(report),
    realtime: report === null ? null : realtimeOf(report),
    vault: report === null ? null : pickVault(report.vault),
    certificate:
      certificate === null ? null : { notAfter: certificate.not_after.toISOString(), serial: certificate.serial },
    acceptedAt: row.accepted_at?.toISOString() ?? null,
    retiredAt: row.retired_at?.toISOString() ?? null,
  };
}

function pickVault({ entries, bytes, bytesMax }: VmReport['vault']): NonNullable<VmDetail['vault']> {
  return { entries, bytes, bytesMax };
}

function protectionOf(state: string): ProtectionState {
  return PROTECTION_STATES.find((one) => one === state) ?? 'unknown';
}

/** What is watched first, then what is not. */
function mountsOf(report: VmReport | null): VmDetail['mounts'] {
  const { watching = [], notCovered = [] } = report?.realtimeReport ?? {};
  return [
    ...watching.map(({ mountPoint: path, fileSystemType }) => ({
      path,
      fileSystemType,
      covered: true,
      why: null,
      detail: null,
    })),
    ...notCovered.map(({ mountPoint: path, fileSystemType, why, detail }) => ({
      path,
      fileSystemType,
      covered: false,
      why,
      detail,
    })),
  ];
}

function realtimeOf({ realtime: state, realtimeReport: told }: VmReport): NonNullable<VmDetail['realtime']> {
  return {
    state,
    why: told?.why ?? null,
    detail: told?.detail ?? null,
    moreWatching: told?.moreWatching ?? 0,
    moreNotCovered: told?.moreNotCovered ?? 0,
    counts: told?.counts ?? null,
  };
}

function lastScanOf({ last_scan: scan }: VmRowRead): Vm['lastScan'] {
  if (scan === null) return null;
  return {
    scanId: scan.id,
    endedAt: new Date(scan.endedAt).toISOString(),
    state: scan.state as NonNullable<Vm['lastScan']>['state'],
    coverage: scan.summary?.coverage ?? null,
  };
}

function coverageOf({ last_scan: scan }: VmRowRead): VmDetail['coverage'] {
  const summary = summaryRowSchema.safeParse(scan?.summary);
  if (scan === null || !summary.success) return null;
  const { coverage, unscanned, excepted } = summary.data;
  return { ...coverage, unscanned, excepted, scanId: scan.id, at: new Date(scan.endedAt).toISOString() };
}

function knockOf(report: VmReport | null): VmDetail['knock'] {
  if (report === null) return null;
  const { port, fault } = report.knock;
  // An agent that cannot listen has no port: its fault says which one it wanted, and who has it (SY-7b).
  if (fault !== null) return { port, state: fault.code === 'link.knock_port_taken' ? 'taken' : 'failed', fault };
  return { port, state: port === null ? 'off' : 'listening', fault };
}

function readReport({ report }: VmRowRead): VmReport | null {
  const parsed = vmReportSchema.safeParse(report);
  return parsed.success ? parsed.data : null;
}

function readMachine({ machine }: VmRowRead): Machine | null {
  const parsed = machineSchema.safeParse(machine);
  return parsed.success ? parsed.data : null;
}

function machineIdOf(holder: unknown): string | null {
  const parsed = holderSchema.safeParse(holder);
  return parsed.success ? parsed.data.machineId : null;
}
