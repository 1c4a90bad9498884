// SPDX-License-Identifier: Apache-2.0
// The port for agents (MG-1): TLS 1.3 with certificates of this installation on both sides, except for activation. It owns the listening socket, the server
// certificate (new at each start and each day, never stored) and the long polls. The composition root closes it with `close()`.
import Fastify, { type FastifyInstance } from 'fastify';
import type { Server as TlsServer } from 'node:tls';
import { LINK_LIMITS } from '@lazaret/contract';
import { makeManagerCertificate, openAuthorities, type Authorities, type KeyedCertificate } from '../ca/index.ts';
import { expireCommands } from '../commands/index.ts';
import { CHECK_IN_QUOTA, eventQuota, type IngestHooks, LIST_QUOTA, START_QUOTA, type Quota } from '../ingest/index.ts';
import { describeFailure, type ManagerParts } from '../server/index.ts';
import type { CheckInHook } from './check-in.ts';
import { keepKnocking } from './knock/keep-knocking.ts';
import { knock, type KnockTarget, toPem } from './knock/knock.ts';
import { registerLinkRoutes } from './link-routes.ts';
import {
  activationsInTurns,
  CONNECTIONS_OF_VM_MAX,
  dropStrangers,
  type StrangerLimits,
  STRANGERS,
} from './strangers.ts';
import { dropOldUploads } from './uploads.ts';
import { openWakeHub, type WakeHub } from './knock/wake-hub.ts';

export interface LinkServerOptions {
  /** `::` is both families; `0.0.0.0` where the system has no IPv6. */
  readonly host: string;
  readonly port: number;
  /** `host:port` by which agents reach the managers: told at activation, and whenever it changes (MG-1b). */
  readonly managers: readonly string[];
  readonly ingestHooks: readonly IngestHooks[];
  readonly checkInHooks: readonly CheckInHook[];
  /** Of each VM; default: `EVENT_QUOTA`. */
  readonly quota?: Quota;
  readonly listQuota?: Quota;
  readonly checkInQuota?: Quota;
  readonly startQuota?: Quota;
  /** Default: `STRANGERS`. */
  readonly strangers?: StrangerLimits;
  /** From one address; default: `CONNECTIONS_OF_VM_MAX`. */
  readonly connectionsOfVmMax?: number;
}

export interface LinkServer {
  readonly port: number;
  readonly authorities: Authorities;
  /** Long polls that this manager holds. */
  waiting(): number;
  /** Knocks at a VM's stand-by port, by what it last told (SY-7). */
  knock(tenantId: string, vmId: string): Promise<boolean>;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
const SWEEP_MS = 60_000;
/** Longer than an agent's wait, so that it is never we who end a kept connection under a request. */
const KEPT_MS = LINK_LIMITS.pollMsMax + 30_000;
const RETRY_AFTER_SECONDS = 5;

type OwnCertificate = KeyedCertificate & { readonly authority: string };

export async function startLinkServer(parts: ManagerParts, options: LinkServerOptions): Promise<LinkServer> {
  const { database, clock, log, newId, sealer } = parts;
  const nowMs = (): number => clock.nowMs();
  const authorities = await openAuthorities({ database, sealer, nowMs, newId });
  const hub = await openWakeHub(database);
  let own = await certificateFor(authorities, options, nowMs());
  const knockAt = async (target: KnockTarget, signal?: AbortSignal): Promise<boolean> => {
    const believed = (await authorities.all()).map(({ certificate }) => certificate);
    return await knock(target, own, believed, signal);
  };
  const knocking = await keepKnocking({ database, clock, log, knock: knockAt });
  const server = await makeServer(parts, options, authorities, own);
  registerRoutes(server, parts, options, { authorities, hub });
  await server.listen({ host: options.host, port: options.port });

  const ended = new AbortController();
  const renewContext = async (): Promise<void> => {
    own = await certificateFor(authorities, options, nowMs());
    (server.server as unknown as TlsServer).setSecureContext(await secureContext(authorities, own));
  };
  // A certificate of an authority that has just taken over must be believed at once, by every manager.
  authorities.onChange(() => void renewContext().catch((error: unknown) => log.warn({ err: error }, 'authorities')));
  const renewing = every(parts, DAY_MS / 24, ended.signal, renewContext);
  const sweeping = every(parts, SWEEP_MS, ended.signal, () => sweep(parts));
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    authorities,
    waiting: () => hub.waiting(),
    knock: async (tenantId, vmId) => {
      const target = await readKnockTarget(parts, tenantId, vmId);
      return target !== null && (await knockAt(target));
    },
    close: async () => {
      ended.abort();
      hub.close();
      await knocking.close();
      await server.close();
      authorities.close();
      await Promise.all([renewing, sweeping]);
    },
  };
}

/** Answers faults in the link's own form. It does not listen yet. */
async function makeServer(
  { log }: ManagerParts,
  { strangers = STRANGERS }: LinkServerOptions,
  authorities: Authorities,
  own: OwnCertificate,
): Promise<FastifyInstance> {
  const server = Fastify({
    loggerInstance: log,
    logController: new Fastify.LogController({ disableRequestLogging: true }),
    bodyLimit: LINK_LIMITS.bodyBytesMax,
    requestTimeout: 10 * LINK_LIMITS.answerMsMax,
    keepAliveTimeout: KEPT_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    https: {
      ...(await secureContext(authorities, own)),
      minVersion: 'TLSv1.3',
      requestCert: true,
      // Activation comes without one. Every other route looks at `authorized`.
      rejectUnauthorized: false,
      handshakeTimeout: strangers.ms,
    },
  });
  server.setErrorHandler((error, request, reply) => {
    const failure = describeFailure(error);
    if (failure === null) request.log.error({ err: error }, 'internal error');
    const { status, body } = failure ?? {
      status: 500,
      body: {
        error: { code: 'api.internal', message: `The manager has an internal error. Request id: ${request.id}.` },
      },
    };
    if (status === 503 || status === 429) void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    return reply.code(status).send(body);
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: { code: 'link.not_found', message: 'There is no such address in the API.' } }),
  );
  server.server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server as unknown as FastifyInstance;
}

/** What agents may ask for, each within its quota, and strangers for a moment only. */
function registerRoutes(
  server: FastifyInstance,
  { database, clock, newId, sealer }: ManagerParts,
  options: LinkServerOptions,
  { authorities, hub }: { readonly authorities: Authorities; readonly hub: WakeHub },
): void {
  const { strangers = STRANGERS, connectionsOfVmMax = CONNECTIONS_OF_VM_MAX } = options;
  const nowMs = (): number => clock.nowMs();
  const connections = dropStrangers(server, server.server as unknown as TlsServer, strangers, connectionsOfVmMax);
  registerLinkRoutes(server, {
    activations: activationsInTurns(connections),
    database,
    authorities,
    hub,
    sealer,
    nowMs,
    newId,
    managers: () => options.managers,
    hooks: options.checkInHooks,
    ingestHooks: options.ingestHooks,
    quota: eventQuota(nowMs, options.quota),
    listQuota: eventQuota(nowMs, options.listQuota ?? LIST_QUOTA),
    checkInQuota: eventQuota(nowMs, options.checkInQuota ?? CHECK_IN_QUOTA),
    startQuota: eventQuota(nowMs, options.startQuota ?? START_QUOTA),
  });
}

async function every(
  { clock, log }: ManagerParts,
  ms: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(ms, signal);
    if (signal.aborted) return;
    await work().catch((error: unknown) =>
      log.warn({ err: error }, 'a task of the agent port failed; the manager tries again later'),
    );
  }
}

/** By the authority that has been known the longest: an agent that was off for weeks knows no other. */
async function certificateFor(
  authorities: Authorities,
  { managers }: LinkServerOptions,
  nowMs: number,
): Promise<OwnCertificate> {
  const all = await authorities.all();
  const signer = all.find(({ state }) => state === 'old') ?? (await authorities.active());
  const hosts = managers.map((address) => address.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1'));
  const addresses = hosts.filter((host) => /^[0-9.]+$|:/.test(host));
  const places = { names: hosts.filter((host) => !addresses.includes(host)), addresses };
  const { certificate, privateKey } = await makeManagerCertificate(signer, places, nowMs);
  return { certificate, privateKey, authority: signer.certificate };
}

async function secureContext(
  authorities: Authorities,
  { certificate, privateKey, authority }: OwnCertificate,
): Promise<{ cert: string; key: string; ca: string[] }> {
  const ca = (await authorities.all()).map((one) => one.certificate);
  // The authority itself goes along: an agent that knows its fingerprint alone must see it.
  return { cert: `${certificate}\n${authority}`, key: toPem(privateKey), ca };
}

async function sweep({ database, clock }: ManagerParts): Promise<void> {
  const tenants = await database.asIdentity((tx) => tx.selectFrom('tenants').select('id').execute());
  for (const { id } of tenants)
    await database.asTenant(id, async (tx) => {
      await expireCommands(tx, id, new Date(clock.nowMs()));
      await dropOldUploads(tx, new Date(clock.nowMs()));
    });
}

async function readKnockTarget({ database }: ManagerParts, tenantId: string, vmId: string) {
  const row = await database.asTenant(tenantId, (tx) =>
    tx.selectFrom('vms').select(['addresses', 'report']).where('id', '=', vmId).executeTakeFirst(),
  );
  const port = (row?.report as { knock?: { port?: number | null } } | null | undefined)?.knock?.port ?? null;
  return row === undefined || port === null ? null : { addresses: row.addresses, port, vmId };
}
