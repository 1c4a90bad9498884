// SPDX-License-Identifier: Apache-2.0
// Routes of enrolment tokens (MG-1): create a token, follow its progress, withdraw it.
import { z } from 'zod';
import {
  enrolmentCreatedSchema,
  enrolmentProgressSchema,
  enrolmentRequestSchema,
  enrolmentTokenPageSchema,
  pageQuerySchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  timeSchema,
  uuidSchema,
} from '@lazaret/contract';
import { audit } from '../audit/index.ts';
import { notifyLive } from '../database/index.ts';
import { actorOf, decodeCursor, notFound, toPage, type ManagerParts, type ManagerServer } from '../server/index.ts';
import { readProgress } from './progress.ts';
import { createToken, hoursFrom, presentToken, revokeToken, selectTokens, type EnrolmentPlace } from './tokens.ts';

const PATH = '/api/v1/tenants/:tenantId/enrolment-tokens';
const cursorKey = z.tuple([timeSchema, uuidSchema]);

export interface EnrolmentOptions {
  /** Asked at each token: authorities and addresses change. */
  readonly place: () => Promise<EnrolmentPlace>;
  /** What is copied to the VM around the token. */
  readonly command: (token: string) => string;
}

export function registerEnrolmentRoutes(server: ManagerServer, parts: ManagerParts, options: EnrolmentOptions): void {
  registerReading(server, parts);
  const { database, clock, newId } = parts;
  server.post(
    PATH,
    {
      config: { right: 'enrolment.write' },
      schema: {
        summary: 'Create an enrolment token; the token and its command are shown only once',
        params: tenantParamsSchema,
        body: enrolmentRequestSchema,
        response: { 201: enrolmentCreatedSchema },
      },
    },
    async (request, reply) => {
      const { tenantId } = request.params;
      const { policyId, groupId, uses, note, expiresInHours } = request.body;
      const actor = actorOf(request);
      const place = await options.place();
      const now = new Date(clock.nowMs());
      const id = newId();
      const expiresAt = hoursFrom(now, expiresInHours);
      const created = await database.asTenant(tenantId, async (tx) => {
        const token = { tenantId, id, policyId, groupId, uses, note, createdBy: actor.name, now, expiresAt };
        const secret = await createToken(tx, token, place);
        const row = await selectTokens(tx).where('token.id', '=', id).executeTakeFirstOrThrow();
        const after = { policyId, groupId, uses, note, expiresAt: expiresAt.toISOString() };
        await audit(tx, { actor, action: 'enrolment.create', subject: `enrolment-token:${id}`, after });
        return { token: presentToken(row), secret, command: options.command(secret) };
      });
      return reply.code(201).send(created);
    },
  );
  server.delete(
    `${PATH}/:id`,
    {
      config: { right: 'enrolment.write' },
      schema: {
        summary: 'Revoke an enrolment token; VMs that were added with it stay',
        params: tenantItemParamsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, id } = request.params;
      await database.asTenant(tenantId, async (tx) => {
        await revokeToken(tx, id, new Date(clock.nowMs()));
        await audit(tx, { actor: actorOf(request), action: 'enrolment.revoke', subject: `enrolment-token:${id}` });
        await notifyLive(tx, tenantId, 'vms');
      });
      return reply.code(204).send(null);
    },
  );
}

function registerReading(server: ManagerServer, { database }: ManagerParts): void {
  server.get(
    PATH,
    {
      config: { right: 'enrolment.read' },
      schema: {
        summary: 'Enrolment tokens, newest first',
        params: tenantParamsSchema,
        querystring: pageQuerySchema,
        response: { 200: enrolmentTokenPageSchema },
      },
    },
    (request) => {
      const { limit, cursor } = request.query;
      const after = decodeCursor(cursor, cursorKey);
      return database.asTenant(request.params.tenantId, async (tx) => {
        const { count } = await tx
          .selectFrom('enrolment_tokens')
          .select((build) => build.fn.countAll<string>().as('count'))
          .executeTakeFirstOrThrow();
        let found = selectTokens(tx)
          .orderBy('token.created_at', 'desc')
          .orderBy('token.id', 'desc')
          .limit(limit + 1);
        if (after !== null) {
          const [at, id] = after;
          found = found.where((build) =>
            build(build.refTuple('token.created_at', 'token.id'), '<', build.tuple(new Date(at), id)),
          );
        }
        return toPage(await found.execute(), Number(count), limit, presentToken, (row) => [
          row.created_at.toISOString(),
          row.id,
        ]);
      });
    },
  );
  server.get(
    `${PATH}/:id/progress`,
    {
      config: { right: 'enrolment.read' },
      schema: {
        summary: 'The VMs that were added with this token, step by step',
        params: tenantItemParamsSchema,
        response: { 200: enrolmentProgressSchema },
      },
    },
    (request) =>
      database.asTenant(request.params.tenantId, async (tx) => {
        const { id } = request.params;
        const token = await tx.selectFrom('enrolment_tokens').select('id').where('id', '=', id).executeTakeFirst();
        if (token === undefined) throw notFound('enrolment token');
        return await readProgress(tx, id);
      }),
  );
}
