// SPDX-License-Identifier: Apache-2.0
// The vaults of all VMs (AC-8): listed here, acted on there. Restore, delete and download are commands; a row shows what the agent reported.
import { type quarantineListQuerySchema, type QuarantineEntry, type QuarantinePage } from '@lazaret/contract';
import { sql } from 'kysely';
import type { z } from 'zod';
import { containing, DESIRED_POLICY, type TenantTransaction } from '../database/index.ts';
import { encodeCursor } from '../server/index.ts';

export type QuarantineListQuery = z.output<typeof quarantineListQuerySchema>;

const DAY_MS = 86_400_000;

/** The command that is under way for an entry, if any. */
const openCommand = sql<
  string | null
>`(select c.kind from lazaret.commands c where c.tenant_id = q.tenant_id and c.vm_id = q.vm_id
  and c.subject = q.entry and c.state in ('queued', 'sent') and c.kind in ('quarantine-restore', 'quarantine-delete') limit 1)`;

export function entryRows(tx: TenantTransaction) {
  return tx
    .selectFrom('quarantine_entries as q')
    .innerJoin('vms', (join) => join.onRef('vms.tenant_id', '=', 'q.tenant_id').onRef('vms.id', '=', 'q.vm_id'))
    .innerJoin('policies', (join) =>
      join.onRef('policies.tenant_id', '=', 'vms.tenant_id').on('policies.id', '=', DESIRED_POLICY),
    )
    .innerJoin('policy_documents', (join) =>
      join
        .onRef('policy_documents.tenant_id', '=', 'policies.tenant_id')
        .onRef('policy_documents.hash', '=', 'policies.hash'),
    )
    .selectAll('q')
    .select([
      'vms.name as vm_name',
      'policies.id as policy_id',
      openCommand.as('open_command'),
      sql<number | null>`(policy_documents.document::jsonb -> 'vault' ->> 'retentionDays')::float8`.as(
        'retention_days',
      ),
    ]);
}

export type EntryRow = Awaited<ReturnType<ReturnType<typeof entryRows>['execute']>>[number];

export function presentEntry(row: EntryRow): QuarantineEntry {
  const keptUntil = row.retention_days === null ? null : new Date(row.since.getTime() + row.retention_days * DAY_MS);
  return {
    vm: { id: row.vm_id, name: row.vm_name },
    entry: row.entry,
    state: stateOf(row),
    path: row.path,
    pathBase64: row.path_base64,
    threat: row.threat,
    kind: row.kind as QuarantineEntry['kind'],
    bytes: Number(row.bytes),
    sha256: row.sha256,
    since: row.since.toISOString(),
    keptUntil: keptUntil?.toISOString() ?? null,
    detectionId: row.detection_id,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
  };
}

function stateOf({ state, open_command: command }: EntryRow): QuarantineEntry['state'] {
  if (state !== 'held' || command === null) return state;
  return command === 'quarantine-restore' ? 'restoring' : 'deleting';
}

export async function listEntries(
  tx: TenantTransaction,
  { limit, cursor: _, ...filter }: QuarantineListQuery,
  after: readonly [string, string, string] | null,
): Promise<QuarantinePage> {
  const where = filterSql(filter);
  let query = entryRows(tx).where(where);
  if (after !== null)
    query = query.where(
      sql<boolean>`(q.since, q.vm_id, q.entry) < (${after[0]}::timestamptz, ${after[1]}::uuid, ${after[2]})`,
    );
  const rows = await query
    .orderBy('q.since', 'desc')
    .orderBy('q.vm_id', 'desc')
    .orderBy('q.entry', 'desc')
    .limit(limit + 1)
    .execute();
  const { rows: sums } = await sql<{ count: string; bytes: string | null; vms: string }>`select count(*) as count,
    sum(q.bytes) as bytes, count(distinct q.vm_id) as vms from lazaret.quarantine_entries q where ${where}`.execute(tx);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const key = last === undefined ? null : [last.since.toISOString(), last.vm_id, last.entry];
  return {
    items: shown.map(presentEntry),
    next: rows.length > limit && key !== null ? encodeCursor(key) : null,
    total: Number(sums[0]?.count ?? 0),
    usage: { bytes: Number(sums[0]?.bytes ?? 0), vms: Number(sums[0]?.vms ?? 0) },
  };
}

function filterSql({ vm, threat, sha256, state, q }: Omit<QuarantineListQuery, 'limit' | 'cursor'>) {
  const conditions = [sql<boolean>`true`];
  const isUnderWay = (kind: string) => sql<boolean>`(q.state = 'held' and coalesce(${openCommand} = ${kind}, false))`;
  if (state === undefined) conditions.push(sql<boolean>`q.state = 'held'`);
  else if (state === 'restoring') conditions.push(isUnderWay('quarantine-restore'));
  else if (state === 'deleting') conditions.push(isUnderWay('quarantine-delete'));
  else conditions.push(sql<boolean>`q.state = ${state}`);
  if (vm !== undefined) conditions.push(sql<boolean>`q.vm_id = ${vm}`);
  if (threat !== undefined) conditions.push(sql<boolean>`q.threat = ${threat}`);
  if (sha256 !== undefined) conditions.push(sql<boolean>`q.sha256 = ${sha256}`);
  if (q !== undefined) {
    const like = containing(q);
    conditions.push(sql<boolean>`(lower(q.path) like ${like} or lower(q.threat) like ${like})`);
  }
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
