// SPDX-License-Identifier: Apache-2.0
// Routes of pattern releases and of a tenant's own signatures (PF-4, PF-6).
import type { z } from 'zod';
import {
  noContentSchema,
  patternReleaseSchema,
  patternsOverviewSchema,
  PROVIDER_TENANT_ID,
  releaseImportSchema,
  releaseListSchema,
  releaseParamsSchema,
  signatureListSchema,
  signatureRequestSchema,
  signatureSchema,
  tenantItemParamsSchema,
  tenantParamsSchema,
} from '@lazaret/contract';
import { besideStarter } from '@lazaret/patterns';
import { audit } from '../audit/index.ts';
import { actorOf, notFound, type ManagerParts, type ManagerServer } from '../server/index.ts';
import { activateRelease, importRelease, listDirectory, type SourceFile } from './import-release.ts';
import { listReleases, readOverview } from './present-releases.ts';
import { addSignature, presentSignature, removeSignature, selectSignatures } from './signatures.ts';
import { composeTenantRelease } from './tenant-release.ts';

export interface PatternOptions {
  readonly starterDirectory: string;
  readonly clamavDirectory: string;
}

const PROVIDER = '/api/v1/provider/releases';
const TENANT = '/api/v1/tenants/:tenantId/patterns';
const UPLOAD_BYTES_MAX = 64 * 1024 * 1024;

export function registerPatternRoutes(server: ManagerServer, parts: ManagerParts, options: PatternOptions): void {
  registerReleases(server, parts, options);
  registerTenantPatterns(server, parts);
}

function registerReleases(server: ManagerServer, parts: ManagerParts, options: PatternOptions): void {
  const { database, clock } = parts;
  const list = () => database.asTenant(PROVIDER_TENANT_ID, (tx) => listReleases(tx, [PROVIDER_TENANT_ID]));
  const find = async (id: string) => {
    const found = (await list()).find((one) => one.id === id);
    if (found === undefined) throw notFound('release');
    return found;
  };
  server.get(
    PROVIDER,
    {
      config: { right: 'provider.read' },
      schema: { summary: 'Pattern releases for all tenants, newest first', response: { 200: releaseListSchema } },
    },
    async () => ({ items: [...(await list())] }),
  );
  server.post(
    PROVIDER,
    {
      config: { right: 'provider.write' },
      bodyLimit: UPLOAD_BYTES_MAX,
      schema: {
        summary: 'Import a release from a directory on the manager, from its ClamAV database, or from uploaded files',
        body: releaseImportSchema,
        response: { 201: patternReleaseSchema },
      },
    },
    async (request, reply) => {
      const { label } = request.body;
      const actor = actorOf(request);
      const { files, source } = sourceOf(request.body, options);
      const starter = listDirectory(options.starterDirectory);
      const id = await database.asTenant(PROVIDER_TENANT_ID, async (tx) => {
        const news = { label, source, now: new Date(clock.nowMs()), importedBy: actor.name };
        const made = await importRelease(tx, besideStarter(files, starter), news);
        await audit(tx, { actor, action: 'releases.import', subject: `release:${made}`, after: { label, source } });
        return made;
      });
      return reply.code(201).send(await find(id));
    },
  );
  server.post(
    `${PROVIDER}/:id/activate`,
    {
      config: { right: 'provider.write' },
      schema: {
        summary: 'Activate a release for all agents; the previous one is kept for a rollback',
        params: releaseParamsSchema,
        response: { 200: patternReleaseSchema },
      },
    },
    async (request) => {
      await activateForAll(parts, request.params.id, actorOf(request));
      return await find(request.params.id);
    },
  );
}

/** Each tenant with signatures of its own gets a release of its own made of the new files. */
export async function activateForAll(
  { database, clock }: ManagerParts,
  id: string,
  actor: Parameters<typeof audit>[1]['actor'],
): Promise<void> {
  const now = new Date(clock.nowMs());
  await database.asTenant(PROVIDER_TENANT_ID, async (tx) => {
    await activateRelease(tx, id, now);
    await audit(tx, { actor, action: 'releases.activate', subject: `release:${id}` });
  });
  const tenants = await database.asIdentity((tx) => tx.selectFrom('tenants').select('id').execute());
  for (const { id: tenantId } of tenants)
    if (tenantId !== PROVIDER_TENANT_ID)
      await database.asTenant(tenantId, (tx) => composeTenantRelease(tx, tenantId, now));
}

type Import = z.output<typeof releaseImportSchema>;

function sourceOf(
  request: Import,
  { clamavDirectory, starterDirectory }: PatternOptions,
): { readonly files: readonly SourceFile[]; readonly source: string } {
  switch (request.source) {
    case 'directory':
      return { files: listDirectory(request.directory), source: request.directory };
    case 'clamav':
      return { files: listDirectory(clamavDirectory), source: clamavDirectory };
    case 'starter':
      return { files: listDirectory(starterDirectory), source: 'the starter set' };
    case 'upload':
      return {
        files: request.files.map(({ name, contentBase64 }) => ({
          name,
          open: () => [Buffer.from(contentBase64, 'base64')],
        })),
        source: 'an upload',
      };
  }
}

function registerTenantPatterns(server: ManagerServer, parts: ManagerParts): void {
  const { database, clock, newId } = parts;
  server.get(
    TENANT,
    {
      config: { right: 'patterns.read' },
      schema: {
        summary: 'Releases, and how many VMs have each',
        params: tenantParamsSchema,
        response: { 200: patternsOverviewSchema },
      },
    },
    ({ params }) => database.asTenant(params.tenantId, (tx) => readOverview(tx, params.tenantId)),
  );
  server.get(
    `${TENANT}/signatures`,
    {
      config: { right: 'patterns.read' },
      schema: {
        summary: "The tenant's own signatures",
        params: tenantParamsSchema,
        response: { 200: signatureListSchema },
      },
    },
    ({ params }) =>
      database.asTenant(params.tenantId, async (tx) => ({
        items: (await selectSignatures(tx).execute()).map(presentSignature),
      })),
  );
  server.post(
    `${TENANT}/signatures`,
    {
      config: { right: 'patterns.write' },
      schema: {
        summary: 'Add a signature; it becomes active when the engine has accepted it',
        params: tenantParamsSchema,
        body: signatureRequestSchema,
        response: { 201: signatureSchema },
      },
    },
    async (request, reply) => {
      const { tenantId } = request.params;
      const place = { tenantId, id: newId(), now: new Date(clock.nowMs()), actor: actorOf(request) };
      const made = await database.asTenant(tenantId, (tx) => addSignature(parts, { tx, ...place }, request.body));
      return reply.code(201).send(made);
    },
  );
  server.delete(
    `${TENANT}/signatures/:id`,
    {
      config: { right: 'patterns.write' },
      schema: { summary: 'Remove a signature', params: tenantItemParamsSchema, response: { 204: noContentSchema } },
    },
    async (request, reply) => {
      const { tenantId, id } = request.params;
      const place = { tenantId, id, now: new Date(clock.nowMs()), actor: actorOf(request) };
      await database.asTenant(tenantId, (tx) => removeSignature({ tx, ...place }));
      return reply.code(204).send(null);
    },
  );
}
