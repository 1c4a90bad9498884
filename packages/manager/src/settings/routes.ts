// SPDX-License-Identifier: Apache-2.0
import {
  contactsSchema,
  destinationsSchema,
  noContentSchema,
  supportContactSchema,
  tenantParamsSchema,
  webhookChangedSchema,
  webhookChangeSchema,
  webhookSchema,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { sql } from 'kysely';
import { z } from 'zod';
import { requireOwn } from '../auth/index.ts';
import type { TenantTransaction } from '../database/index.ts';
import { enqueue, type Recipients } from '../notify/index.ts';
import { readProviderSettings } from '../provider-settings/index.ts';
import { accessOf, actorOf, conflict, type ManagerParts, type ManagerServer } from '../server/index.ts';
import { listDestinations } from './destinations.ts';
import { readContacts, readWebhook, rightsOfTopics, writeContacts, writeWebhook } from './tenant-settings.ts';

const BASE = '/api/v1/tenants/:tenantId/settings';
const params = tenantParamsSchema;
const read = { right: 'settings.read' } as const;
const write = { right: 'settings.write' } as const;

export function registerSettingsRoutes(server: ManagerServer, parts: ManagerParts): void {
  const { database, sealer } = parts;
  server.get(
    `${BASE}/contacts`,
    { config: read, schema: { summary: 'Who is notified about what', params, response: { 200: contactsSchema } } },
    ({ params: { tenantId } }) => database.asTenant(tenantId, async (tx) => ({ contacts: await readContacts(tx) })),
  );
  server.put(
    `${BASE}/contacts`,
    {
      config: write,
      schema: {
        summary: 'Change who is notified about what',
        params,
        body: contactsSchema,
        response: { 200: contactsSchema },
      },
    },
    async (request) => {
      const { tenantId } = request.params;
      requireOwn(accessOf(request), rightsOfTopics(request.body.contacts.flatMap(({ topics }) => topics)));
      await database.asTenant(tenantId, (tx) => writeContacts(tx, tenantId, actorOf(request), request.body.contacts));
      return request.body;
    },
  );
  server.get(
    `${BASE}/webhook`,
    { config: read, schema: { summary: 'The webhook, without its secret', params, response: { 200: webhookSchema } } },
    ({ params: { tenantId } }) => database.asTenant(tenantId, readWebhook),
  );
  server.put(
    `${BASE}/webhook`,
    {
      config: write,
      schema: {
        summary: 'Set the webhook; a new secret is shown only once',
        params,
        body: webhookChangeSchema,
        response: { 200: webhookChangedSchema },
      },
    },
    (request) => {
      const { tenantId } = request.params;
      const { url, topics } = request.body;
      requireOwn(accessOf(request), rightsOfTopics(url === null ? [] : topics));
      return database.asTenant(tenantId, (tx) => writeWebhook(tx, tenantId, actorOf(request), sealer, request.body));
    },
  );
  registerTests(server, parts);
  registerReading(server, parts);
}

/** Where notifications go, and who helps: both are read alone. */
function registerReading(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    `${BASE}/destinations`,
    {
      config: read,
      schema: {
        summary: 'All recipients of notifications, and what each gets',
        params,
        response: { 200: destinationsSchema },
      },
    },
    async ({ params: { tenantId } }) => ({ destinations: await listDestinations(parts, tenantId) }),
  );
  server.get(
    `${BASE}/support`,
    {
      config: read,
      schema: {
        summary: 'The support contact',
        params,
        response: { 200: z.object({ support: supportContactSchema.nullable() }) },
      },
    },
    async () => ({ support: (await readProviderSettings(parts.database)).support }),
  );
}

const TESTS_AN_HOUR_MAX = 10;
const HOUR_MS = 3_600_000;

/** The provider's mail server is not there to fill the boxes of strangers. Each test made its rows at one moment. */
async function requireFewTests(tx: TenantTransaction, now: Date): Promise<void> {
  const { count } = await tx
    .selectFrom('outbox')
    .select(sql<string>`count(distinct created_at)`.as('count'))
    .where('created_at', '>', new Date(now.getTime() - HOUR_MS))
    .where(sql<boolean>`message ->> 'kind' = 'test'`)
    .executeTakeFirstOrThrow();
  if (Number(count) >= TESTS_AN_HOUR_MAX)
    throw new LazaretError('api.too_many', `The limit of ${TESTS_AN_HOUR_MAX} test messages per hour is reached.`);
}

/** A test message goes the way of every other: by the outbox. */
function registerTests(server: ManagerServer, { database, clock, newId }: ManagerParts): void {
  const send = (tenantId: string, by: string, only: 'mails' | 'webhook') =>
    database.asTenant(tenantId, async (tx) => {
      const { url } = await readWebhook(tx);
      const contacts = await readContacts(tx);
      const mails = contacts.map(({ email, language }) => ({ address: email, language }));
      const recipients: Recipients =
        only === 'mails' ? { mails, webhook: null } : { mails: [], webhook: url === null ? null : { url } };
      await requireFewTests(tx, new Date(clock.nowMs()));
      if (recipients.mails.length === 0 && recipients.webhook === null) throw conflict('No recipient is set yet.');
      const context = { tx, tenantId, nowMs: clock.nowMs(), newId, readRecipients: () => Promise.resolve(recipients) };
      await enqueue(context, { kind: 'test', by });
    });
  for (const [name, only] of [
    ['contacts', 'mails'],
    ['webhook', 'webhook'],
  ] as const)
    server.post(
      `${BASE}/${name}/test`,
      {
        config: write,
        schema: { summary: `Send a test message: ${name}`, params, response: { 204: noContentSchema } },
      },
      async (request, reply) => {
        await send(request.params.tenantId, actorOf(request).name, only);
        return reply.code(204).send(null);
      },
    );
}
