// SPDX-License-Identifier: Apache-2.0
// Stores what a VM reports at a check-in in its row, with the time. Lists are filtered by the columns beside the report.
import type { CheckInRequest, RunReport } from '@lazaret/contract';
import { sql } from 'kysely';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { noteRun } from '../scan-records/index.ts';
import { keepReport, protectionOf } from '../vms/index.ts';
import type { HolderState } from './clones/clone.ts';

export interface Reported {
  readonly tenantId: string;
  readonly vmId: string;
  readonly now: Date;
  readonly holder: HolderState;
}

export async function takeReport(
  tx: TenantTransaction,
  { tenantId, vmId, now, holder }: Reported,
  { machine, report, time }: CheckInRequest,
): Promise<void> {
  const before = await tx
    .selectFrom('vms')
    .select(['protection', 'applied_hash', 'release', 'last_seen_at', 'stopped_at', 'addresses'])
    .select(sql<string | null>`report #>> '{realtimeReport,why}'`.as('why'))
    .where('id', '=', vmId)
    .executeTakeFirst();
  const after = {
    protection: protectionOf(report),
    applied_hash: report.policy.hash,
    release: report.patterns.release,
    // Told while its wire was cut: where it was last is worth more than nothing.
    addresses: machine.addresses.length > 0 ? [...machine.addresses] : (before?.addresses ?? []),
  };
  const clockDifferenceMs = Date.parse(time) - now.getTime();
  await keepReport(tx, vmId, { columns: after, holder, machine, report, clockDifferenceMs, now });
  for (const run of report.runs) await followRun(tx, { tenantId, vmId, now }, run);
  // Open pages fetch again only when there is something to see.
  const shown = { ...after, why: report.realtimeReport?.why ?? null };
  if (JSON.stringify(shown) !== JSON.stringify(pick(before)) || wasAway(before, now))
    await notifyLive(tx, tenantId, 'vms', vmId);
}

type Before = {
  protection: string;
  applied_hash: string | null;
  release: string | null;
  addresses: string[];
  why: string | null;
};

function pick(before: Before | undefined): object {
  const { protection, applied_hash, release, addresses, why } = before ?? {};
  return { protection, applied_hash, release, addresses, why };
}

const AWAY_MS = 120_000;

function wasAway(before: { last_seen_at: Date | null; stopped_at: Date | null } | undefined, now: Date): boolean {
  if (before === undefined || before.last_seen_at === null || before.stopped_at !== null) return true;
  return now.getTime() - before.last_seen_at.getTime() > AWAY_MS;
}

async function followRun(
  tx: TenantTransaction,
  { tenantId, vmId, now }: { readonly tenantId: string; readonly vmId: string; readonly now: Date },
  run: RunReport,
): Promise<void> {
  const progress = {
    files: run.files,
    bytes: run.bytes,
    infected: run.infected,
    filesExpected: null,
    percent: run.percent,
    remainingMs: run.timeLeftMs === null ? null : Math.round(run.timeLeftMs),
    at: now.toISOString(),
  };
  const { id, state, startedAt } = run;
  await noteRun(tx, { id, vmId, state, startedAt: new Date(startedAt), progress });
  await notifyLive(tx, tenantId, 'scans', id);
}
