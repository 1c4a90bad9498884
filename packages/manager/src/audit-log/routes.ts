// SPDX-License-Identifier: Apache-2.0
import {
  type AuditEntryView,
  auditPageSchema,
  auditQuerySchema,
  tenantParamsSchema,
  uuidSchema,
} from '@lazaret/contract';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, type ManagerParts, type ManagerServer, toPage } from '../server/index.ts';

type AuditQuery = z.infer<typeof auditQuerySchema>;
const cursor = z.tuple([uuidSchema]);

/** Newest first. Ids are UUIDv7: their order is that of time. */
async function listAudit(
  { database }: ManagerParts,
  tenantId: string,
  query: AuditQuery,
): Promise<{ readonly rows: readonly AuditEntryView[]; readonly total: number }> {
  const before = decodeCursor(query.cursor, cursor)?.[0] ?? null;
  return database.asTenant(tenantId, async (tx) => {
    let filtered = tx.selectFrom('audit').where('tenant_id', '=', tenantId);
    if (query.action !== undefined) filtered = filtered.where(sql<boolean>`starts_with(action, ${query.action})`);
    if (query.subject !== undefined) filtered = filtered.where('subject', '=', query.subject);
    if (query.actor !== undefined)
      filtered = filtered.where((one) =>
        one.or([one('actor_id', '=', query.actor ?? ''), one('actor_name', '=', query.actor ?? '')]),
      );
    if (query.from !== undefined) filtered = filtered.where('at', '>=', new Date(query.from));
    if (query.to !== undefined) filtered = filtered.where('at', '<', new Date(query.to));
    const count = await filtered.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
    const page = before === null ? filtered : filtered.where('id', '<', before);
    const rows = await page
      .selectAll()
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    return { rows: rows.map(toView), total: count.total };
  });
}

interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly action: string;
  readonly subject: string;
  readonly before: object | null;
  readonly after: object | null;
}

function toView(row: AuditRow): AuditEntryView {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind as AuditEntryView['actor']['kind'], id: row.actor_id, name: row.actor_name },
    action: row.action,
    subject: row.subject,
    before: row.before,
    after: row.after,
  };
}

export function registerAuditRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    '/api/v1/tenants/:tenantId/audit',
    {
      config: { right: 'audit.read' },
      schema: {
        summary: 'Who changed what',
        params: tenantParamsSchema,
        querystring: auditQuerySchema,
        response: { 200: auditPageSchema },
      },
    },
    async ({ params, query }) => {
      const { rows, total } = await listAudit(parts, params.tenantId, query);
      return toPage(
        rows,
        total,
        query.limit,
        (item) => item,
        ({ id }) => [id],
      );
    },
  );
}
