// SPDX-License-Identifier: Apache-2.0
import {
  quarantineDeleteSchema,
  quarantineFetchRequestSchema,
  quarantineFetchSchema,
  quarantineListQuerySchema,
  quarantinePageSchema,
  quarantineRestoreSchema,
  quarantineResultsSchema,
  quarantineSettingsSchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
  timeSchema,
  uuidSchema,
} from '@lazaret/contract';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { audit } from '../audit/index.ts';
import { confirmPassword, requireOwn } from '../auth/index.ts';
import { readUpload } from '../link/index.ts';
import { changeOf } from '../policies/index.ts';
import { accessOf, actorOf, conflict, decodeCursor, type ManagerParts, type ManagerServer } from '../server/index.ts';
import { memberName, zipEncrypted } from './archive.ts';
import { readQuarantineSettings, requireDownloads, writeQuarantineSettings } from './download-switch.ts';
import { listEntries } from './entries.ts';
import { findFetch, requireOrderedIn } from './fetches.ts';
import { deleteEntries, fetchEntry, restoreEntries, type OrderContext } from './orders.ts';

const BASE = '/api/v1/tenants/:tenantId/quarantine';
const cursorSchema = z.tuple([timeSchema, uuidSchema, z.string().max(64)]);

export function registerQuarantineRoutes(server: ManagerServer, parts: ManagerParts): void {
  registerListRoute(server, parts);
  registerOrderRoutes(server, parts);
  registerFetchRoutes(server, parts);
  registerArchiveRoute(server, parts);
  registerSettingsRoutes(server, parts);
}

/** Gives orders in one transaction, in the name of who asks. */
function ordering<T>(
  { database, clock, newId }: ManagerParts,
  tenantId: string,
  actor: OrderContext['actor'],
  work: (context: OrderContext) => Promise<T>,
): Promise<T> {
  return database.asTenant(tenantId, (tx) => work({ tx, tenantId, now: new Date(clock.nowMs()), newId, actor }));
}

function registerListRoute(server: ManagerServer, { database }: ManagerParts): void {
  server.get(
    BASE,
    {
      config: { right: 'quarantine.read' },
      schema: {
        summary: 'Quarantined files of all VMs, newest first',
        params: tenantParamsSchema,
        querystring: quarantineListQuerySchema,
        response: { 200: quarantinePageSchema },
      },
    },
    ({ params, query }) => {
      const after = decodeCursor(query.cursor, cursorSchema);
      return database.asTenant(params.tenantId, (tx) => listEntries(tx, query, after));
    },
  );
}

function registerOrderRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.post(
    `${BASE}/restore`,
    {
      config: { right: 'quarantine.write' },
      schema: {
        summary: 'Restore files, optionally with an exception',
        params: tenantParamsSchema,
        body: quarantineRestoreSchema,
        response: { 200: quarantineResultsSchema },
      },
    },
    async (request) => {
      const { tenantId } = request.params;
      // An exception is a change of the policy, for every VM that has it: the right to restore is not the right to that.
      if (request.body.exception !== undefined) requireOwn(accessOf(request), ['policies.write']);
      const change = await changeOf(parts, request, tenantId);
      return await ordering(parts, tenantId, actorOf(request), (context) =>
        restoreEntries(context, request.body, change),
      );
    },
  );
  server.post(
    `${BASE}/delete`,
    {
      config: { right: 'quarantine.write' },
      schema: {
        summary: 'Delete quarantined files permanently',
        params: tenantParamsSchema,
        body: quarantineDeleteSchema,
        response: { 200: quarantineResultsSchema },
      },
    },
    (request) =>
      ordering(parts, request.params.tenantId, actorOf(request), (context) =>
        deleteEntries(context, request.body.entries),
      ),
  );
}

function registerSettingsRoutes(server: ManagerServer, { database }: ManagerParts): void {
  const settings = '/api/v1/tenants/:tenantId/settings/quarantine';
  const shape = { params: tenantParamsSchema, response: { 200: quarantineSettingsSchema } };
  server.get(
    settings,
    {
      config: { right: 'settings.read' },
      schema: { summary: 'Whether files may be downloaded from quarantine', ...shape },
    },
    ({ params }) => database.asTenant(params.tenantId, readQuarantineSettings),
  );
  server.put(
    settings,
    {
      config: { right: 'settings.write' },
      schema: { summary: 'Switch downloads from quarantine on or off', ...shape, body: quarantineSettingsSchema },
    },
    (request) => {
      const { tenantId } = request.params;
      return database.asTenant(tenantId, (tx) => writeQuarantineSettings(tx, tenantId, actorOf(request), request.body));
    },
  );
}

function registerFetchRoutes(server: ManagerServer, parts: ManagerParts): void {
  server.post(
    `${BASE}/fetch`,
    {
      config: { right: 'quarantine.fetch' },
      schema: {
        summary: 'Order the download of a quarantined file; needs the password again',
        params: tenantParamsSchema,
        body: quarantineFetchRequestSchema,
        response: { 202: quarantineFetchSchema },
      },
    },
    async (request, reply) => {
      const { tenantId } = request.params;
      const { vmId, entry, password } = request.body;
      const { userId, sessionHash } = accessOf(request).principal;
      await confirmPassword(parts, userId, password);
      const fetch = await ordering(parts, tenantId, actorOf(request), async (context) => {
        await requireDownloads(context.tx);
        return await findFetch(context.tx, await fetchEntry(context, { vmId, entry }, sessionHash));
      });
      return await reply.code(202).send(fetch);
    },
  );
  server.get(
    `${BASE}/fetches/:id`,
    {
      config: { right: 'quarantine.fetch' },
      schema: {
        summary: 'Whether the file has arrived at the manager',
        params: tenantItemParamsSchema,
        response: { 200: quarantineFetchSchema },
      },
    },
    ({ params }) => parts.database.asTenant(params.tenantId, (tx) => findFetch(tx, params.id)),
  );
}

function registerArchiveRoute(server: ManagerServer, parts: ManagerParts): void {
  server.get(
    `${BASE}/fetches/:id/archive`,
    {
      config: { right: 'quarantine.fetch' },
      schema: {
        summary: 'The file in an encrypted zip, for the session that ordered it',
        params: tenantItemParamsSchema,
        response: {
          200: {
            description: 'A zip file.',
            content: { 'application/zip': { schema: z.custom<Readable>().meta({ type: 'string', format: 'binary' }) } },
          },
        },
      },
    },
    async (request, reply) => {
      const { tenantId, id } = request.params;
      const fetch = await parts.database.asTenant(tenantId, async (tx) => {
        await requireDownloads(tx);
        const found = await findFetch(tx, id);
        await requireOrderedIn(tx, id, accessOf(request).principal.sessionHash);
        if (found.state !== 'ready')
          throw conflict(`The file is not at the manager. The state of the download is: ${found.state}.`);
        await audit(tx, { actor: actorOf(request), action: 'quarantine.download', subject: `fetch:${id}` });
        return found;
      });
      void reply.header('content-disposition', `attachment; filename="${id}.zip"`);
      void reply.type('application/zip');
      return await reply.send(zipEncrypted(memberName(fetch.fileName ?? ''), readUpload(parts, tenantId, id)));
    },
  );
}
