// SPDX-License-Identifier: Apache-2.0
import {
  checkPolicy,
  diffQuerySchema,
  noContentSchema,
  pageQuerySchema,
  policyCheckRequestSchema,
  policyCheckSchema,
  policyCreateSchema,
  policyDiffSchema,
  policyPageSchema,
  policyRevisionPageSchema,
  policyRevisionViewSchema,
  policyUpdateSchema,
  policyViewSchema,
  revisionParamsSchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  uuidSchema,
} from '@lazaret/contract';
import { sql } from 'kysely';
import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { readProviderSettings } from '../provider-settings/index.ts';
import { actorOf, decodeCursor, type ManagerParts, type ManagerServer, notFound, toPage } from '../server/index.ts';
import type { TenantTransaction } from '../database/index.ts';
import { hashOf } from './document.ts';
import {
  type Change,
  changesBetween,
  createPolicy,
  deletePolicy,
  ensureDefaultPolicy,
  findRecord,
  makeDefault,
  readPolicy,
  requireDocument,
  toRow,
  updatePolicy,
} from './policies.ts';
import { canonicalJson } from '@lazaret/contract';

const BASE = '/api/v1/tenants/:tenantId/policies';
const nameCursor = z.tuple([z.string(), uuidSchema]);
const revisionCursor = z.tuple([z.number().int()]);

/** Who changes, and under which rules of the provider. */
export async function changeOf(parts: ManagerParts, request: FastifyRequest, tenantId: string): Promise<Change> {
  const { startWindow } = await readProviderSettings(parts.database);
  return { tenantId, actor: actorOf(request), newId: parts.newId, rules: { startWindow } };
}

export function registerPolicyRoutes(server: ManagerServer, parts: ManagerParts): void {
  registerListRoute(server, parts);
  registerCreateRoute(server, parts);
  registerItemRoutes(server, parts);
  registerDefaultRoute(server, parts);
  registerCheckRoute(server, parts);
  registerHistoryRoutes(server, parts);
}

function registerListRoute(server: ManagerServer, { database, newId }: ManagerParts): void {
  server.get(
    BASE,
    {
      config: { right: 'policies.read' },
      schema: {
        summary: 'Policies by name',
        params: tenantParamsSchema,
        querystring: pageQuerySchema,
        response: { 200: policyPageSchema },
      },
    },
    ({ params: { tenantId }, query: { limit, cursor } }) =>
      database.asTenant(tenantId, async (tx) => {
        await ensureDefaultPolicy(tx, tenantId, newId);
        const after = decodeCursor(cursor, nameCursor);
        const from =
          after === null ? sql<boolean>`true` : sql<boolean>`(lower(name), id) > (${after[0]}, ${after[1]}::uuid)`;
        const rows = await tx
          .selectFrom('policies')
          .selectAll()
          .where(from)
          .orderBy(sql`lower(name)`)
          .orderBy('id')
          .limit(limit + 1)
          .execute();
        const { total } = await tx
          .selectFrom('policies')
          .select(sql<number>`count(*)`.as('total'))
          .executeTakeFirstOrThrow();
        const items = [];
        for (const row of rows) items.push(await toRow(tx, row));
        return toPage(
          items,
          total,
          limit,
          (item) => item,
          ({ name, id }) => [name.toLowerCase(), id],
        );
      }),
  );
}

function registerCreateRoute(server: ManagerServer, parts: ManagerParts): void {
  server.post(
    BASE,
    {
      config: { right: 'policies.write' },
      schema: {
        summary: 'A new policy, or a copy of one',
        params: tenantParamsSchema,
        body: policyCreateSchema,
        response: { 201: policyViewSchema },
      },
    },
    async (request, reply) => {
      const { tenantId } = request.params;
      const change = await changeOf(parts, request, tenantId);
      const created = await parts.database.asTenant(tenantId, async (tx) => {
        const { body } = request;
        const document = 'copyOf' in body ? await copyDocument(tx, body.copyOf, body.name) : body.document;
        return createPolicy(tx, change, { document, comment: body.comment });
      });
      return reply.code(201).send(created);
    },
  );
}

function registerItemRoutes(server: ManagerServer, parts: ManagerParts): void {
  const { database } = parts;
  server.get(
    `${BASE}/:id`,
    {
      config: { right: 'policies.read' },
      schema: {
        summary: 'A policy with its document',
        params: tenantItemParamsSchema,
        response: { 200: policyViewSchema },
      },
    },
    ({ params: { tenantId, id } }) => database.asTenant(tenantId, (tx) => readPolicy(tx, id)),
  );
  server.put(
    `${BASE}/:id`,
    {
      config: { right: 'policies.write' },
      schema: {
        summary: 'A new revision of a policy',
        params: tenantItemParamsSchema,
        body: policyUpdateSchema,
        response: { 200: policyViewSchema },
      },
    },
    async (request) => {
      const { tenantId, id } = request.params;
      const change = await changeOf(parts, request, tenantId);
      return database.asTenant(tenantId, (tx) => updatePolicy(tx, change, id, request.body));
    },
  );
  server.delete(
    `${BASE}/:id`,
    {
      config: { right: 'policies.write' },
      schema: {
        summary: 'Delete a policy that is no longer used',
        params: tenantItemParamsSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      const { tenantId, id } = request.params;
      const change = await changeOf(parts, request, tenantId);
      await database.asTenant(tenantId, (tx) => deletePolicy(tx, change, id));
      return reply.code(204).send(null);
    },
  );
}

function registerDefaultRoute(server: ManagerServer, parts: ManagerParts): void {
  server.post(
    `${BASE}/:id/make-default`,
    {
      config: { right: 'policies.write' },
      schema: {
        summary: 'Make this the default policy',
        params: tenantItemParamsSchema,
        response: { 200: policyViewSchema },
      },
    },
    async (request) => {
      const { tenantId, id } = request.params;
      const change = await changeOf(parts, request, tenantId);
      return parts.database.asTenant(tenantId, (tx) => makeDefault(tx, change, id));
    },
  );
}

async function copyDocument(tx: TenantTransaction, id: string, name: string): Promise<unknown> {
  const { hash } = await findRecord(tx, id);
  return { ...(await requireDocument(tx, hash)), name };
}

function registerCheckRoute(server: ManagerServer, parts: ManagerParts): void {
  server.post(
    `${BASE}/check`,
    {
      config: { right: 'policies.read' },
      schema: {
        summary: 'Check a policy document: every error with its pointer; nothing is stored',
        params: tenantParamsSchema,
        body: policyCheckRequestSchema,
        response: { 200: policyCheckSchema },
      },
    },
    async ({ body }) => {
      const { startWindow } = await readProviderSettings(parts.database);
      const checked = checkPolicy(body.document, { startWindow });
      const notApplied = checked.notApplied.map((one) => ({ ...one }));
      if ('faults' in checked)
        return { faults: checked.faults.map((one) => ({ ...one })), notApplied, hash: null, document: null };
      return { faults: [], notApplied, hash: hashOf(canonicalJson(checked.policy)), document: checked.policy };
    },
  );
}

function registerHistoryRoutes(server: ManagerServer, { database }: ManagerParts): void {
  server.get(
    `${BASE}/:id/revisions`,
    {
      config: { right: 'policies.read' },
      schema: {
        summary: 'The history of a policy, newest first',
        params: tenantItemParamsSchema,
        querystring: pageQuerySchema,
        response: { 200: policyRevisionPageSchema },
      },
    },
    ({ params: { tenantId, id }, query: { limit, cursor } }) =>
      database.asTenant(tenantId, async (tx) => {
        const { revision: total } = await findRecord(tx, id);
        const before = decodeCursor(cursor, revisionCursor)?.[0] ?? total + 1;
        const rows = await tx
          .selectFrom('policy_revisions')
          .selectAll()
          .where('policy_id', '=', id)
          .where('revision', '<', before)
          .orderBy('revision', 'desc')
          .limit(limit + 1)
          .execute();
        return toPage(rows, total, limit, toRevision, ({ revision }) => [revision]);
      }),
  );
  server.get(
    `${BASE}/:id/revisions/:revision`,
    {
      config: { right: 'policies.read' },
      schema: {
        summary: 'One revision with its document',
        params: revisionParamsSchema,
        response: { 200: policyRevisionViewSchema },
      },
    },
    ({ params: { tenantId, id, revision } }) =>
      database.asTenant(tenantId, async (tx) => {
        const row = await findRevision(tx, id, revision);
        return { ...toRevision(row), document: await requireDocument(tx, row.hash) };
      }),
  );
  server.get(
    `${BASE}/:id/revisions/:revision/diff`,
    {
      config: { right: 'policies.read' },
      schema: {
        summary: 'The differences between this revision and another one',
        params: revisionParamsSchema,
        querystring: diffQuerySchema,
        response: { 200: policyDiffSchema },
      },
    },
    ({ params: { tenantId, id, revision }, query: { against } }) =>
      database.asTenant(tenantId, async (tx) => {
        const older = await findRevision(tx, id, against);
        const newer = await findRevision(tx, id, revision);
        return { changes: await changesBetween(tx, older.hash, newer.hash) };
      }),
  );
}

interface RevisionRow {
  readonly revision: number;
  readonly hash: string;
  readonly author: string;
  readonly comment: string | null;
  readonly created_at: Date;
}

async function findRevision(tx: TenantTransaction, policyId: string, revision: number): Promise<RevisionRow> {
  const row = await tx
    .selectFrom('policy_revisions')
    .selectAll()
    .where('policy_id', '=', policyId)
    .where('revision', '=', revision)
    .executeTakeFirst();
  if (row === undefined) throw notFound('revision');
  return row;
}

function toRevision({ revision, hash, author, comment, created_at }: RevisionRow) {
  return { revision, hash, author, comment, createdAt: created_at.toISOString() };
}
