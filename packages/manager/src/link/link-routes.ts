// SPDX-License-Identifier: Apache-2.0
// The routes of the link. Each checks its input by contract's schema, works in the caller's tenant, and answers JSON. These routes are for agents, not for
// people, so they have a port of their own and are not in the API document.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  activateRequestSchema,
  batchQuerySchema,
  checkInRequestSchema,
  commandResultSchema,
  INSTANCE_HEADER,
  LINK_LIMITS,
  releaseIdSchema,
  renewRequestSchema,
  sha256Schema,
  uuidSchema,
  vaultListSchema,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { placeOf } from '@lazaret/platform';
import { audit } from '../audit/index.ts';
import { applyResult } from '../commands/index.ts';
import { notifyLive } from '../database/index.ts';
import {
  applyBatch,
  applyVaultList,
  type EventQuota,
  type IngestHooks,
  lastSequence,
  storable,
} from '../ingest/index.ts';
import { addressOf, isTooDeep } from '../server/index.ts';
import type { Sealer } from '../sealing/index.ts';
import { markRetired, markStopped } from '../vms/index.ts';
import { activateVm, type ActivateParts } from './certificates/activate.ts';
import { callerOf, readCallingVm, readEntrustedVm, readVmOrCopy, type Caller } from './caller.ts';
import { checkIn, type CheckInParts } from './check-in.ts';
import { findFileOwner, openReleaseFile, readRelease } from './releases.ts';
import { renewCertificate } from './certificates/renew.ts';
import type { Activations } from './strangers.ts';
import { storeUpload } from './uploads.ts';

export interface LinkRouteParts extends ActivateParts, CheckInParts {
  readonly sealer: Sealer;
  readonly ingestHooks: readonly IngestHooks[];
  readonly quota: EventQuota;
  readonly listQuota: EventQuota;
  readonly checkInQuota: EventQuota;
  readonly startQuota: EventQuota;
  readonly activations: Activations;
}

/** `anybody`: without a certificate. `copies`: also who has a copy of one, to be told so. `holder`: the one agent that checked in with it.
 * `entrusted`: that, once it is known to be no copy of one that lives. */
type Gate = 'anybody' | 'copies' | 'holder' | 'entrusted';

/** Who gets past the door of each route. A route that is not here cannot be registered. */
export const LINK_GATES: Readonly<Record<string, Gate>> = {
  'POST /link/v1/activate': 'anybody',
  'POST /link/v1/check-in': 'copies',
  'POST /link/v1/renew': 'copies',
  'POST /link/v1/stopping': 'entrusted',
  'POST /link/v1/deactivate': 'entrusted',
  'GET /link/v1/policies/:hash': 'holder',
  'GET /link/v1/releases/current': 'holder',
  'GET /link/v1/releases/:id/files/:sha256': 'holder',
  'POST /link/v1/events': 'entrusted',
  'PUT /link/v1/quarantine': 'entrusted',
  'POST /link/v1/commands/:id/result': 'entrusted',
  'PUT /link/v1/uploads/:id': 'entrusted',
};

const ADMIT = { copies: readVmOrCopy, holder: readCallingVm, entrusted: readEntrustedVm } as const;

/** Before a body is read. Handlers look again in their own transaction: what is withdrawn meanwhile is out at once. */
function installGate(server: FastifyInstance, { database, nowMs }: LinkRouteParts): void {
  server.addHook('onRoute', ({ method, url }) => {
    if (!(`${String(method)} ${url}` in LINK_GATES)) throw new TypeError(`${String(method)} ${url} has no gate`);
  });
  server.addHook('onRequest', async (request) => {
    const gate = LINK_GATES[`${request.method} ${request.routeOptions.url ?? ''}`];
    if (gate === undefined || gate === 'anybody') return;
    const caller = callerIn(request);
    await database.asTenant(caller.tenantId, (tx) => ADMIT[gate](tx, caller, new Date(nowMs())));
  });
  server.addHook('preValidation', async (request) => {
    if (request.headers['content-type']?.startsWith('application/json') !== true) return;
    if (isTooDeep(request.body)) throw new LazaretError('link.bad_request', 'The message is nested too deeply.');
    // Names on a VM are made by whoever likes; one of them must not keep all else that it tells from being stored.
    request.body = storable(request.body);
  });
}

export function registerLinkRoutes(server: FastifyInstance, parts: LinkRouteParts): void {
  installGate(server, parts);
  server.post('/link/v1/activate', (request) => {
    const body = parse(activateRequestSchema, request.body);
    return parts.activations.run(request.raw.socket as TLSSocket, () => activateVm(parts, body));
  });
  server.post('/link/v1/check-in', (request, reply) => {
    const body = parse(checkInRequestSchema, request.body);
    const caller = callerIn(request);
    takeCheckIn(parts, caller, body.holder.instance, request);
    return checkIn(parts, caller, body, goneSignal(reply.raw));
  });
  server.post('/link/v1/renew', (request) =>
    renewCertificate(parts, callerIn(request), parse(renewRequestSchema, request.body)),
  );
  server.post('/link/v1/stopping', (request) => stopping(parts, callerIn(request)));
  server.post('/link/v1/deactivate', (request) => deactivate(parts, callerIn(request)));
  registerDocuments(server, parts);
  registerUploads(server, parts);
}

/**
 * Of each start of an agent: a copy that calls without end must not keep the original from being heard. Who names another start each time is held by what
 * new starts have together.
 */
function takeCheckIn(parts: LinkRouteParts, { vmId }: Caller, instance: string, request: FastifyRequest): void {
  const start = `${vmId} ${instance}`;
  if (!parts.checkInQuota.knows(start)) parts.startQuota.take(`${vmId} ${placeOf(addressOf(request))}`, 1, 0);
  parts.checkInQuota.take(start, 1, bytesOf(request));
}

function registerDocuments(server: FastifyInstance, parts: LinkRouteParts): void {
  const { database, nowMs } = parts;
  server.get('/link/v1/policies/:hash', async (request, reply) => {
    const caller = callerIn(request);
    const { hash } = parse(z.object({ hash: sha256Schema }), request.params);
    const document = await database.asTenant(caller.tenantId, async (tx) => {
      await readCallingVm(tx, caller, new Date(nowMs()));
      const row = await tx
        .selectFrom('policy_documents')
        .select('document')
        .where('hash', '=', hash)
        .executeTakeFirst();
      return row?.document ?? null;
    });
    if (document === null) throw new LazaretError('link.not_found', 'This policy does not exist.');
    return reply.type('application/json').send(document);
  });
  server.get('/link/v1/releases/current', (request) => {
    const caller = callerIn(request);
    return database.asTenant(caller.tenantId, async (tx) => {
      const { membership } = await readCallingVm(tx, caller, new Date(nowMs()));
      return { release: await readRelease(tx, caller.tenantId, membership === 'active') };
    });
  });
  const fileParameters = z.object({ id: releaseIdSchema, sha256: sha256Schema });
  server.get('/link/v1/releases/:id/files/:sha256', async (request, reply) => {
    const caller = callerIn(request);
    const { id, sha256 } = parse(fileParameters, request.params);
    const owner = await database.asTenant(caller.tenantId, async (tx) => {
      const { membership } = await readCallingVm(tx, caller, new Date(nowMs()));
      return await findFileOwner(tx, caller.tenantId, { id, sha256, own: membership === 'active' });
    });
    const file = owner === null ? null : openReleaseFile(database, caller.tenantId, owner, sha256);
    if (file === null) throw new LazaretError('link.not_found', 'This file does not exist.');
    return reply.type('application/octet-stream').send(file);
  });
}

function registerUploads(server: FastifyInstance, parts: LinkRouteParts): void {
  const { database, nowMs } = parts;
  server.addContentTypeParser(
    'application/x-ndjson',
    { parseAs: 'string', bodyLimit: LINK_LIMITS.batchBytesMax },
    (_request, body, done) => done(null, body),
  );
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));

  server.post('/link/v1/events', { bodyLimit: LINK_LIMITS.batchBytesMax }, async (request) => {
    const caller = callerIn(request);
    const { epoch, after } = parse(batchQuerySchema, request.query);
    if (typeof request.body !== 'string') throw new LazaretError('link.bad_request', 'A batch must be NDJSON.');
    const lines = splitLines(request.body);
    parts.quota.take(caller.vmId, lines.length, Buffer.byteLength(request.body));
    return await takeBatch(parts, caller, { epoch, after, lines });
  });
  server.put('/link/v1/quarantine', (request) => {
    const caller = callerIn(request);
    const list = parse(vaultListSchema, request.body);
    parts.listQuota.take(caller.vmId, list.entries.length, bytesOf(request));
    return database.asTenant(caller.tenantId, async (tx) => {
      const vm = await readEntrustedVm(tx, caller, new Date(nowMs()));
      await applyVaultList(
        { tx, tenantId: caller.tenantId, vmId: vm.id, vmName: vm.name, now: new Date(nowMs()) },
        list,
      );
      return {};
    });
  });
  const idParameters = z.object({ id: uuidSchema });
  server.post('/link/v1/commands/:id/result', (request) => {
    const caller = callerIn(request);
    const { id } = parse(idParameters, request.params);
    const result = parse(commandResultSchema, request.body);
    return database.asTenant(caller.tenantId, async (tx) => {
      const { id: vmId } = await readEntrustedVm(tx, caller, new Date(nowMs()));
      const place = { tenantId: caller.tenantId, vmId, commandId: id, now: new Date(nowMs()) };
      if (!(await applyResult(tx, place, result)))
        throw new LazaretError('link.not_found', 'This command does not exist.');
      return {};
    });
  });
  server.put('/link/v1/uploads/:id', { bodyLimit: LINK_LIMITS.uploadBytesMax }, async (request) => {
    const caller = callerIn(request);
    const { id } = parse(idParameters, request.params);
    await database.asTenant(caller.tenantId, (tx) => readEntrustedVm(tx, caller, new Date(nowMs())));
    const place = { tenantId: caller.tenantId, vmId: caller.vmId, commandId: id };
    return { bytes: await storeUpload(parts, place, request.body as IncomingMessage) };
  });
}

interface ParsedBatch {
  readonly epoch: string;
  readonly after: number;
  readonly lines: readonly unknown[];
}

/** A batch that does not go on where the last one ended stores nothing, and is told where to go on: that is no failure. */
async function takeBatch(parts: LinkRouteParts, caller: Caller, batch: ParsedBatch): Promise<object> {
  const { tenantId } = caller;
  try {
    return await parts.database.asTenant(tenantId, async (tx) => {
      const now = new Date(parts.nowMs());
      const vm = await readEntrustedVm(tx, caller, now);
      const context = { tx, tenantId, vmId: vm.id, vmName: vm.name, now };
      return { ...(await applyBatch(context, batch, parts.ingestHooks)), outOfOrder: false };
    });
  } catch (error) {
    if (!(error instanceof LazaretError && error.code === 'link.out_of_order')) throw error;
    const acknowledged = await parts.database.asTenant(tenantId, (tx) => lastSequence(tx, caller.vmId, batch.epoch));
    return { acknowledged, malformed: 0, outOfOrder: true };
  }
}

/** The VM goes; its rows stay, so that what it told can be looked up. */
async function deactivate({ database, nowMs }: LinkRouteParts, caller: Caller): Promise<object> {
  const { tenantId } = caller;
  return await database.asTenant(tenantId, async (tx) => {
    const now = new Date(nowMs());
    const vm = await readEntrustedVm(tx, caller, now);
    await markRetired(tx, vm.id, now);
    await tx.updateTable('vm_certificates').set({ revoked_at: now }).where('vm_id', '=', vm.id).execute();
    const actor = { kind: 'agent', id: vm.id, name: vm.name } as const;
    await audit(tx, { actor, action: 'vms.deactivate', subject: `vm:${vm.id}`, before: { state: vm.membership } });
    await notifyLive(tx, tenantId, 'vms', vm.id);
    return {};
  });
}

/** MG-4: a stop in order is known at once, and told as one; a silence needs minutes to be one. The next check-in takes it back. */
async function stopping({ database, nowMs }: LinkRouteParts, caller: Caller): Promise<object> {
  const { tenantId } = caller;
  return await database.asTenant(tenantId, async (tx) => {
    const { id } = await readEntrustedVm(tx, caller, new Date(nowMs()));
    // Who follows need not wait for this one to show itself.
    await markStopped(tx, id, caller.instance, new Date(nowMs()));
    await notifyLive(tx, tenantId, 'vms', id);
    return {};
  });
}

function splitLines(text: string): unknown[] {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.length > LINK_LIMITS.batchEventsMax)
    throw new LazaretError('link.bad_request', 'A batch has too many events.');
  return lines.map((line) => {
    try {
      const value = JSON.parse(line) as unknown;
      return isTooDeep(value) ? line : value;
    } catch {
      return line;
    }
  });
}

/** As the sender says: a body that is longer is not read to its end. */
function bytesOf(request: FastifyRequest): number {
  return Number(request.headers['content-length'] ?? LINK_LIMITS.bodyBytesMax);
}

function callerIn(request: FastifyRequest): Caller {
  const instance = uuidSchema.safeParse(request.headers[INSTANCE_HEADER]);
  return callerOf(request.raw.socket as TLSSocket, instance.success ? instance.data : null);
}

/** Aborts when the agent has gone: nobody is left to answer. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  // Not of the socket, which outlives the request: each would leave a listener there.
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LazaretError('link.bad_request', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}`);
}
