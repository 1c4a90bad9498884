// SPDX-License-Identifier: Apache-2.0
// Turns a VM's row into the facts that decide about alarms. The report in the row is the agent's, and was checked when it arrived.
import { isIP } from 'node:net';
import { PROTECTION_STATES, vmReportSchema } from '@lazaret/contract';
import type { VmFacts } from '@lazaret/core';
import { placeOf } from '@lazaret/platform';
import { z } from 'zod';
import { protectionWhy } from '../vms/index.ts';

/** What is read of a VM. */
export interface VmRow {
  readonly id: string;
  readonly name: string;
  readonly group_name: string | null;
  readonly membership: 'active' | 'pending' | 'retired';
  readonly created_at: Date;
  readonly accepted_at: Date | null;
  readonly last_seen_at: Date | null;
  readonly stopped_at: Date | null;
  readonly clock_difference_ms: string | null;
  readonly protection: string;
  readonly release_created_at: Date | null;
  readonly desired_hash: string;
  readonly applied_hash: string | null;
  readonly policy_since: Date;
  readonly addresses: readonly string[];
  readonly report: unknown;
  readonly certificate_copied: boolean;
}

/** The part of the report that alarms are about; null before the first one. */
const { policy, disk, vault, ceiling, otherProducts, engine, patterns, realtime, realtimeReport } =
  vmReportSchema.shape;
const reportSchema = z.object({ notApplied: policy.shape.notApplied, disk, vault, ceiling, otherProducts });
const faultSchema = z.object({ patterns: patterns.pick({ fault: true }) });
/** Apart: what tells why is not needed to know that. */
const whySchema = z.object({ engine, patterns, realtime, realtimeReport });

const PROTECTION: ReadonlySet<string> = new Set(PROTECTION_STATES);
const WARN_VAULT_PERCENT = 80;

export function factsOf(row: VmRow): VmFacts {
  const parsed = reportSchema.safeParse(row.report);
  const report = parsed.success ? parsed.data : null;
  const why = whySchema.safeParse(row.report);
  return {
    membership: row.membership,
    createdMs: row.created_at.getTime(),
    activatedMs: row.last_seen_at === null ? null : (row.accepted_at ?? row.created_at).getTime(),
    lastSeenMs: row.last_seen_at?.getTime() ?? null,
    stopped: row.stopped_at !== null,
    protection: PROTECTION.has(row.protection) ? (row.protection as VmFacts['protection']) : 'unknown',
    protectionWhy: why.success ? protectionWhy(why.data) : null,
    patternsSinceMs: row.release_created_at?.getTime() ?? null,
    patternsFault: faultSchema.safeParse(row.report).data?.patterns.fault ?? null,
    desiredPolicyHash: row.desired_hash,
    appliedPolicyHash: row.applied_hash,
    policyDesiredSinceMs: row.policy_since.getTime(),
    notApplied: report?.notApplied.map(({ path }) => path) ?? [],
    clockOffsetMs: row.clock_difference_ms === null ? null : Number(row.clock_difference_ms),
    disk: report?.disk ?? null,
    vault: report === null ? null : { ...report.vault, warnAtPercent: WARN_VAULT_PERCENT },
    brakeHolds: (report?.ceiling?.brake ?? null) !== null,
    otherAntiVirus: report?.otherProducts ?? [],
    certificateCopied: row.certificate_copied,
  };
}

/** Where a VM stands, for "a whole site went quiet": its group, else the network of its first address. */
export function siteOf({ group_name: group, addresses }: Pick<VmRow, 'group_name' | 'addresses'>): string {
  if (group !== null) return group;
  const [first = ''] = addresses;
  // The agent's own words, in which zeros of IPv6 are left out.
  const place = placeOf(first);
  if (isIP(place) === 4) return place.replace(/\d+$/, '0/24');
  return isIP(first) === 6 ? place : '';
}
