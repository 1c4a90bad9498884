// SPDX-License-Identifier: Apache-2.0
// The HTTP server at which features register their routes. It owns parsing, checking by schema, rights, the error envelope, the API document, health and
// metrics. It does not own what a route does. The composition root closes it with `server.close()`.
import { randomBytes } from 'node:crypto';
import { shapeWords, uuidV7 } from '@lazaret/contract';
import rateLimit from '@fastify/rate-limit';
import { LazaretError } from '@lazaret/core';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Authenticator, installAccess } from './access.ts';
import { isAmong } from './address.ts';
import { type ConnectionLimits, limitConnections } from './connections.ts';
import { FaultsError, findUnfit, handleError } from './errors.ts';
import { createLiveHub, registerLiveRoute, type StreamLimits } from './live.ts';
import { installMetrics } from './metrics.ts';
import { installOpenApi } from './openapi.ts';
import type { ManagerServer } from './manager-server.ts';
import type { ManagerParts } from './parts.ts';

export interface ServerOptions {
  readonly version: string;
  /** PEM; absent: plain HTTP, on loopback alone. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Addresses and networks of proxies that are believed when they say for whom they ask. They speak TLS in our place. */
  readonly trustedProxies?: readonly string[];
  /** What `/metrics` asks for as a bearer token; absent: there are no metrics. */
  readonly metricsToken?: string;
  readonly streams?: StreamLimits;
  /** Default: `CONNECTIONS`. */
  readonly connections?: ConnectionLimits;
}

/** A browser opens six to a place, a program as many as it likes. Of strangers one address may have all places until somebody else comes. */
const CONNECTIONS: ConnectionLimits = {
  strangers: { max: 1_000, placeMax: 1_000 },
  known: { max: 10_000, placeMax: 256 },
};
const HANDSHAKE_MS = 10_000;

/** Whether browsers reach us over TLS alone. */
export function isBehindTls({ tls, trustedProxies = [] }: Pick<ServerOptions, 'tls' | 'trustedProxies'>): boolean {
  return tls !== undefined || trustedProxies.length > 0;
}

const BODY_BYTES_MAX = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;
const PARAMETER_LENGTH_MAX = 512;
const HSTS = 'max-age=31536000';
const RATE_LIMITED_MAX = 20_000;

// What is wrong with the shape of a request is told in our words, by whatever route.
z.config({ customError: shapeWords });

/** A server with everything but features. Register them, then `listen`. */
export async function createServer(
  parts: ManagerParts,
  authenticator: Authenticator,
  options: ServerOptions,
): Promise<ManagerServer> {
  const common = {
    loggerInstance: parts.log as FastifyBaseLogger,
    genReqId: () => uuidV7(Date.now(), randomBytes(10)),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    ...(options.trustedProxies?.length ? { trustProxy: [...options.trustedProxies] } : {}),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    frameworkErrors: handleError as never,
  };
  const https = { ...options.tls, handshakeTimeout: HANDSHAKE_MS };
  const made = options.tls === undefined ? Fastify(common) : Fastify({ ...common, https });
  const server = (made as unknown as FastifyInstance).withTypeProvider<ZodTypeProvider>() as unknown as ManagerServer;
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler(handleError);
  server.setNotFoundHandler((request, reply) =>
    handleError({ __proto__: Error.prototype, statusCode: 404, message: '' }, request, reply),
  );
  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    void reply.header('cache-control', 'no-store');
    void reply.header('x-content-type-options', 'nosniff');
    if (isBehindTls(options)) void reply.header('strict-transport-security', HSTS);
  });
  server.addHook('preValidation', async ({ params, query, body }) => refuseUnfit({ params, query, body }));
  installAccess(server, authenticator);
  limitStrangers(server, options);
  await installRateLimit(server);
  await installOpenApi(server, options.version);
  installMetrics(server, parts.metrics, options.metricsToken ?? null);
  registerHealth(server, parts);
  const hub = await createLiveHub(parts.database, options.streams);
  registerLiveRoute(server, hub);
  server.addHook('preClose', () => Promise.resolve(hub.close()));
  return server;
}

/** Strangers take no connection from who is signed in. A proxy of ours counts its own clients. */
function limitStrangers(
  server: ManagerServer,
  { connections: limits = CONNECTIONS, trustedProxies = [] }: ServerOptions,
): void {
  const connections = limitConnections(server.server, limits, isAmong(trustedProxies));
  server.addHook('onRequest', async ({ access, raw }) => {
    if (access !== null) connections.become(raw.socket, access.principal.maker.userId ?? access.principal.actor.id);
  });
  server.addHook('preClose', async () => connections.close());
}

/** Routes that anybody may ask have a limit (`server.rateLimit`); it is this process's own. */
async function installRateLimit(server: ManagerServer): Promise<void> {
  await server.register(rateLimit, {
    global: false,
    cache: RATE_LIMITED_MAX,
    errorResponseBuilder: (_request, { ttl }) =>
      new LazaretError(
        'api.too_many',
        `There were too many attempts from this address. Try again in ${Math.ceil(ttl / 1000)} seconds.`,
      ),
  });
}

function refuseUnfit(parts: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(parts)) {
    const fault = findUnfit(value);
    if (fault !== null) throw new FaultsError('api.invalid', `The ${name} cannot be read.`, [fault]);
  }
}

function registerHealth(server: ManagerServer, { database }: ManagerParts): void {
  const answer = z.object({ status: z.enum(['ok', 'database-unavailable']) });
  server.get(
    '/healthz',
    {
      config: { right: 'public' },
      schema: { summary: 'Whether this manager can work', response: { 200: answer, 503: answer } },
    },
    async (_request, reply) => {
      const isAnswering = await database.isAnswering();
      const status = isAnswering ? ('ok' as const) : ('database-unavailable' as const);
      return reply.code(isAnswering ? 200 : 503).send({ status });
    },
  );
}
