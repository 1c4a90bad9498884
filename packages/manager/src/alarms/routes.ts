// SPDX-License-Identifier: Apache-2.0
import {
  ALARM_KINDS,
  alarmListQuerySchema,
  alarmPageSchema,
  alarmSchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  timeSchema,
  uuidSchema,
  type Alarm,
} from '@lazaret/contract';
import { sql } from 'kysely';
import { z } from 'zod';
import { audit } from '../audit/index.ts';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { actorOf, decodeCursor, notFound, toPage, type ManagerParts, type ManagerServer } from '../server/index.ts';

const BASE = '/api/v1/tenants/:tenantId/alarms';

export function alarmRows(tx: TenantTransaction) {
  return (
    tx
      .selectFrom('alarms')
      .leftJoin('vms', (join) =>
        join.onRef('vms.tenant_id', '=', 'alarms.tenant_id').onRef('vms.id', '=', 'alarms.vm_id'),
      )
      .selectAll('alarms')
      .select('vms.name as vm_name')
      // A kind that this version does not know (written by a newer manager beside it) is not shown wrongly.
      .where('kind', 'in', [...ALARM_KINDS])
  );
}

type Row = Awaited<ReturnType<ReturnType<typeof alarmRows>['execute']>>[number];

export function presentAlarm(row: Row): Alarm {
  return {
    id: row.id,
    kind: row.kind as Alarm['kind'],
    severity: row.severity,
    since: row.since.toISOString(),
    clearedAt: row.cleared_at?.toISOString() ?? null,
    vm: row.vm_id === null ? null : { id: row.vm_id, name: row.vm_name ?? '' },
    vmCount: row.vm_count,
    site: row.site,
    facts: row.facts as Alarm['facts'],
    acknowledged:
      row.acknowledged_at === null ? null : { by: row.acknowledged_by ?? '', at: row.acknowledged_at.toISOString() },
  };
}

export function registerAlarmRoutes(server: ManagerServer, { database, clock }: ManagerParts): void {
  server.get(
    BASE,
    {
      config: { right: 'alarms.read' },
      schema: {
        summary: 'Alarms, the latest first',
        params: tenantParamsSchema,
        querystring: alarmListQuerySchema,
        response: { 200: alarmPageSchema },
      },
    },
    ({ params, query }) => {
      const after = decodeCursor(query.cursor, z.tuple([timeSchema, uuidSchema]));
      return database.asTenant(params.tenantId, (tx) => listAlarms(tx, query, after));
    },
  );
  server.post(
    `${BASE}/:id/acknowledge`,
    {
      config: { right: 'alarms.write' },
      schema: {
        summary: 'Acknowledge an alarm. It is cleared only when its cause is gone',
        params: tenantItemParamsSchema,
        response: { 200: alarmSchema },
      },
    },
    (request) => {
      const { tenantId, id } = request.params;
      const actor = actorOf(request);
      return database.asTenant(tenantId, async (tx) => {
        const change = { acknowledged_by: actor.name, acknowledged_at: new Date(clock.nowMs()) };
        const changed = await tx.updateTable('alarms').set(change).where('id', '=', id).executeTakeFirst();
        if (changed.numUpdatedRows === 0n) throw notFound('alarm');
        await audit(tx, { actor, action: 'alarms.acknowledge', subject: `alarm:${id}` });
        await notifyLive(tx, tenantId, 'alarms', id);
        return presentAlarm(await alarmRows(tx).where('alarms.id', '=', id).executeTakeFirstOrThrow());
      });
    },
  );
}

async function listAlarms(
  tx: TenantTransaction,
  { limit, vm, kind, state }: z.output<typeof alarmListQuerySchema>,
  after: readonly [string, string] | null,
) {
  const conditions = [state === 'open' ? sql<boolean>`cleared_at is null` : sql<boolean>`cleared_at is not null`];
  if (vm !== undefined) conditions.push(sql<boolean>`alarms.vm_id = ${vm}`);
  if (kind !== undefined) conditions.push(sql<boolean>`kind = ${kind}`);
  const where = sql<boolean>`${sql.join(conditions, sql` and `)}`;
  let query = alarmRows(tx).where(where);
  if (after !== null)
    query = query.where(sql<boolean>`(since, alarms.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const rows = await query
    .orderBy('since', 'desc')
    .orderBy('alarms.id', 'desc')
    .limit(limit + 1)
    .execute();
  const { rows: counted } = await sql<{
    count: string;
  }>`select count(*) as count from lazaret.alarms where ${where}`.execute(tx);
  return toPage(rows, Number(counted[0]?.count ?? 0), limit, presentAlarm, ({ since, id }) => [
    since.toISOString(),
    id,
  ]);
}
