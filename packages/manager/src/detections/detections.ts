// SPDX-License-Identifier: Apache-2.0
// Detections of all VMs of a tenant: searched, shown, and found by hash (MG-11). Only the ingestion adds rows; this file never changes them.
import {
  actionRowSchema,
  type detectionListQuerySchema,
  detectionSchema,
  type DetectionDetail,
  type DetectionProcess,
  type DetectionRow,
  type HashReport,
  type Opener,
} from '@lazaret/contract';
import { sql } from 'kysely';
import type { z } from 'zod';
import { containing, type TenantTransaction } from '../database/index.ts';
import { encodeCursor, notFound } from '../server/index.ts';

export type DetectionListQuery = z.output<typeof detectionListQuerySchema>;
type Filter = Omit<DetectionListQuery, 'limit' | 'cursor'>;

const FAILED = ['failed', 'copy-failed', 'original-not-deleted'];

/** More than this is not counted row by row: the total is told as this number then. */
export const COUNTED_MAX = 10_000;

const columns = [
  'detections.id',
  'detections.vm_id',
  'vms.name as vm_name',
  'detections.time',
  'detections.received_at',
  'detections.origin',
  'detections.path',
  'detections.path_base64',
  'detections.threat',
  'detections.kind',
  'detections.bytes',
  'detections.sha256',
  'detections.action',
  'detections.result',
  'detections.quarantine_entry',
] as const;

function detectionRows(tx: TenantTransaction) {
  return tx
    .selectFrom('detections')
    .innerJoin('vms', (join) =>
      join.onRef('vms.tenant_id', '=', 'detections.tenant_id').onRef('vms.id', '=', 'detections.vm_id'),
    );
}

type Row = Awaited<ReturnType<ReturnType<typeof rowsQuery>['execute']>>[number];
const rowsQuery = (tx: TenantTransaction) => detectionRows(tx).select(columns);

export function presentRow(row: Row): DetectionRow {
  return {
    id: row.id,
    vm: { id: row.vm_id, name: row.vm_name },
    time: row.time.toISOString(),
    receivedAt: row.received_at.toISOString(),
    origin: row.origin as DetectionRow['origin'],
    path: row.path,
    pathBase64: row.path_base64,
    threat: row.threat,
    kind: row.kind as DetectionRow['kind'],
    bytes: Number(row.bytes),
    sha256: row.sha256,
    action: row.action as DetectionRow['action'],
    result: row.result as DetectionRow['result'],
    quarantineEntry: row.quarantine_entry,
  };
}

export function filterSql({ vm, kind, threat, action, result, failed, origin, from, to, sha256, q }: Filter) {
  const equal: readonly (readonly [string, string | undefined])[] = [
    ['vm_id', vm],
    ['kind', kind],
    ['threat', threat],
    ['action', action],
    ['result', result],
    ['origin', origin],
    ['sha256', sha256],
  ];
  const conditions = equal
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => sql<boolean>`${sql.ref(`detections.${column}`)} = ${value}`);
  if (failed === true) conditions.push(sql<boolean>`detections.result in (${sql.join(FAILED)})`);
  if (failed === false) conditions.push(sql<boolean>`detections.result not in (${sql.join(FAILED)})`);
  if (from !== undefined) conditions.push(sql<boolean>`detections.received_at >= ${from}::timestamptz`);
  if (to !== undefined) conditions.push(sql<boolean>`detections.received_at < ${to}::timestamptz`);
  if (q !== undefined) {
    const like = containing(q);
    conditions.push(sql<boolean>`(lower(detections.path) like ${like} or lower(detections.threat) like ${like})`);
  }
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

export async function listDetections(
  tx: TenantTransaction,
  { limit, cursor: _, ...filter }: DetectionListQuery,
  after: readonly [string, string] | null,
): Promise<{ readonly items: DetectionRow[]; readonly next: string | null; readonly total: number }> {
  const where = filterSql(filter);
  let query = rowsQuery(tx).where(where);
  if (after !== null)
    query = query.where(
      sql<boolean>`(detections.received_at, detections.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`,
    );
  const rows = await query
    .orderBy('detections.received_at', 'desc')
    .orderBy('detections.id', 'desc')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(presentRow),
    next: rows.length > limit && last !== undefined ? encodeCursor([last.received_at.toISOString(), last.id]) : null,
    // A first page that has them all needs no second look: a rare text would be searched through everything twice.
    total: after === null && rows.length <= limit ? rows.length : await countUpTo(tx, where),
  };
}

async function countUpTo(tx: TenantTransaction, where: ReturnType<typeof filterSql>): Promise<number> {
  const { rows } = await sql<{ count: string }>`select count(*) as count from (
    select 1 from lazaret.detections where ${where} limit ${COUNTED_MAX}) counted`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

export async function findDetection(tx: TenantTransaction, id: string): Promise<DetectionDetail> {
  const row = await detectionRows(tx)
    .select([...columns, 'detections.body'])
    .where('detections.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('detection');
  const event = detectionSchema.parse(row.body);
  return {
    ...presentRow(row),
    threats: event.threats,
    threatsLeftOut: event.threatsLeftOut ?? 0,
    trueType: event.trueType,
    file: event.file,
    unscanned: event.unscanned ?? [],
    unscannedLeftOut: Object.values(event.unscannedLeftOut ?? {}).reduce((sum, count) => sum + count, 0),
    steps: event.action === null ? null : actionRowSchema.parse(event.action),
    process: event.opener == null ? null : presentProcess(event.opener),
    access: event.access ?? null,
    refused: event.refused ?? null,
    attempts: event.attempts ?? 1,
    scanId: /^[0-9a-f-]{36}$/.test(event.runId) ? event.runId : null,
    vmZone: null,
    patternRelease: event.patternRelease,
    policy: await findPolicy(tx, event.policyHash),
    policyHash: event.policyHash,
    decidedBy: event.decidedBy,
    sameHashVms: await countHolders(tx, row.sha256),
    notifications: await findNotifications(tx, id),
  };
}

function presentProcess({
  pid,
  startedAt,
  executable,
  commandLine,
  user,
  container,
  parents,
}: Opener): DetectionProcess {
  return {
    pid,
    startedAt,
    executable,
    commandLine: commandLine.length === 0 ? null : commandLine.join(' '),
    user,
    container,
    // The outermost first, as a way down to the process.
    parents: parents.map((parent) => parent.executable).toReversed(),
  };
}

async function findPolicy(tx: TenantTransaction, hash: string | null): Promise<DetectionDetail['policy']> {
  if (hash === null) return null;
  const row = await tx
    .selectFrom('policy_revisions as r')
    .innerJoin('policies as p', (join) =>
      join.onRef('p.tenant_id', '=', 'r.tenant_id').onRef('p.id', '=', 'r.policy_id'),
    )
    .select(['p.id', 'p.name', 'r.revision', 'r.hash'])
    .where('r.hash', '=', hash)
    .orderBy('r.created_at', 'desc')
    .executeTakeFirst();
  return row === undefined ? null : { policyId: row.id, name: row.name, revision: row.revision, hash: row.hash };
}

async function countHolders(tx: TenantTransaction, sha256: string | null): Promise<number> {
  if (sha256 === null) return 1;
  const { count } = await tx
    .selectFrom('detections')
    .select(sql<string>`count(distinct vm_id)`.as('count'))
    .where('sha256', '=', sha256)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function findNotifications(tx: TenantTransaction, id: string): Promise<DetectionDetail['notifications']> {
  const rows = await tx
    .selectFrom('outbox')
    .select(['channel', 'recipient', 'state', 'created_at', 'settled_at'])
    .where('detection_id', '=', id)
    .orderBy('created_at')
    .execute();
  return rows.map(({ channel, recipient, state, created_at, settled_at }) => ({
    channel,
    to: recipient,
    state,
    at: (settled_at ?? created_at).toISOString(),
  }));
}

const HASH_VMS_MAX = 1_000;

/** MG-11: which VMs have, or had, this content. */
export async function reportHash(tx: TenantTransaction, sha256: string): Promise<HashReport> {
  const { rows } = await sql<{
    vm_id: string;
    name: string;
    count: string;
    first_at: Date;
    last_at: Date;
    last_path: string;
    last_result: string;
    held: string;
    threats: string[];
  }>`select d.vm_id, v.name, count(*) as count, min(d.time) as first_at, max(d.time) as last_at,
      (array_agg(d.path order by d.received_at desc, d.id desc))[1] as last_path,
      (array_agg(d.result order by d.received_at desc, d.id desc))[1] as last_result,
      array_agg(distinct d.threat) as threats,
      (select count(*) from lazaret.quarantine_entries q where q.tenant_id = d.tenant_id and q.vm_id = d.vm_id
        and q.sha256 = ${sha256} and q.state = 'held') as held
    from lazaret.detections d join lazaret.vms v on v.tenant_id = d.tenant_id and v.id = d.vm_id
    where d.sha256 = ${sha256} group by d.tenant_id, d.vm_id, v.name order by max(d.time) desc limit ${HASH_VMS_MAX}`.execute(
    tx,
  );
  const times = rows.flatMap(({ first_at, last_at }) => [first_at.getTime(), last_at.getTime()]);
  return {
    sha256,
    threats: [...new Set(rows.flatMap(({ threats }) => threats))].toSorted(),
    firstSeenAt: times.length === 0 ? null : new Date(Math.min(...times)).toISOString(),
    lastSeenAt: times.length === 0 ? null : new Date(Math.max(...times)).toISOString(),
    detections: rows.reduce((sum, { count }) => sum + Number(count), 0),
    vms: rows.map((row) => ({
      vm: { id: row.vm_id, name: row.name },
      detections: Number(row.count),
      lastSeenAt: row.last_at.toISOString(),
      lastPath: row.last_path,
      held: Number(row.held),
      lastResult: row.last_result as HashReport['vms'][number]['lastResult'],
    })),
  };
}
