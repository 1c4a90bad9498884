// SPDX-License-Identifier: Apache-2.0
// Decides which alarms of a tenant must be open, and what has to be done with the open ones (MG-4). Core decides what one VM gives cause for. Pure.
import { canonicalJson } from '@lazaret/contract';
import { decideSilentSites, decideVmAlarms, type AlarmFacts, type AlarmSeverity } from '@lazaret/core';
import { factsOf, siteOf, type VmRow } from './vm-facts.ts';

/** An alarm as it should stand open now. */
export interface WantedAlarm {
  readonly kind: string;
  readonly severity: AlarmSeverity;
  readonly vmId: string | null;
  readonly vmName: string | null;
  readonly site: string | null;
  readonly vmCount: number;
  readonly facts: AlarmFacts;
}

export interface OpenAlarm {
  readonly id: string;
  readonly kind: string;
  readonly severity: AlarmSeverity;
  readonly facts: unknown;
  readonly vm_id: string | null;
  readonly site: string | null;
  readonly vm_count: number;
  readonly since: Date;
  readonly vm_name: string | null;
}

export function decideAlarms(vms: readonly VmRow[], nowMs: number): readonly WantedAlarm[] {
  const each = vms.map((vm) => ({ vm, site: siteOf(vm), alarms: decideVmAlarms(factsOf(vm), nowMs) }));
  const expected = each.filter(({ vm }) => vm.membership === 'active' && vm.last_seen_at !== null);
  const silent = expected.filter(({ alarms }) => alarms.some(({ kind }) => kind === 'offline'));
  const counts = new Map<string, number>();
  for (const { site } of expected) counts.set(site, (counts.get(site) ?? 0) + 1);
  const quiet = decideSilentSites(
    silent.map(({ vm, site }) => ({ vmId: vm.id, site })),
    [...counts].filter(([site]) => site !== '').map(([site, count]) => ({ site, vms: count })),
  );
  const ofSites = [...quiet].map((site) => ({
    kind: 'silent-site',
    severity: 'act' as const,
    vmId: null,
    vmName: null,
    site,
    vmCount: counts.get(site) ?? 0,
    facts: {},
  }));
  const ofVms = each.flatMap(({ vm, site, alarms }) =>
    alarms
      // One cause is one alarm: the site's, not its fourteen VMs'.
      .filter(({ kind }) => kind !== 'offline' || !quiet.has(site))
      .map(({ kind, severity, facts }) => ({
        kind,
        severity,
        facts,
        vmId: vm.id,
        vmName: vm.name,
        site: null,
        vmCount: 1,
      })),
  );
  return [...ofSites, ...ofVms];
}

export interface AlarmPlan {
  readonly raise: readonly WantedAlarm[];
  /** Stands, and tells something else now. */
  readonly refresh: readonly { readonly id: string; readonly wanted: WantedAlarm }[];
  readonly clear: readonly OpenAlarm[];
}

export function planAlarms(open: readonly OpenAlarm[], wanted: readonly WantedAlarm[]): AlarmPlan {
  const standing = new Map(open.map((alarm) => [keyOf(alarm.kind, alarm.vm_id, alarm.site), alarm]));
  const keys = new Set(wanted.map(({ kind, vmId, site }) => keyOf(kind, vmId, site)));
  const known = wanted.map((alarm) => ({ alarm, before: standing.get(keyOf(alarm.kind, alarm.vmId, alarm.site)) }));
  return {
    raise: known.flatMap(({ alarm, before }) => (before === undefined ? [alarm] : [])),
    refresh: known.flatMap(({ alarm, before }) =>
      before !== undefined && hasChanged(before, alarm) ? [{ id: before.id, wanted: alarm }] : [],
    ),
    clear: open.filter(({ kind, vm_id, site }) => !keys.has(keyOf(kind, vm_id, site))),
  };
}

function keyOf(kind: string, vmId: string | null, site: string | null): string {
  return JSON.stringify([kind, vmId, site]);
}

/** Minutes pass by themselves: a thousand silent VMs are not a thousand rows to write each minute. */
function hasChanged(standing: OpenAlarm, wanted: WantedAlarm): boolean {
  const withoutMinutes = ({ minutes: _, ...rest }: AlarmFacts): string => canonicalJson(rest);
  return (
    standing.severity !== wanted.severity ||
    standing.vm_count !== wanted.vmCount ||
    withoutMinutes(standing.facts as AlarmFacts) !== withoutMinutes(wanted.facts)
  );
}
