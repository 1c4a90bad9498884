// SPDX-License-Identifier: Apache-2.0
// The composition root: creates the parts in their order, wires them, and ends them in the opposite order. Everything that a manager does begins here.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { uuidV7 } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { type Clock, type ManagerPaths, systemClock, writeFileAtomic } from '@lazaret/platform';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { followScanAlarms, keepEvaluating } from './alarms/index.ts';
import { createAuthenticator, isSetupNeeded, makeSetupToken } from './auth/index.ts';
import { registerConsoleFiles } from './console-files/index.ts';
import {
  clusterConnections,
  type Connections,
  createLazaretDatabase,
  migrate,
  openDatabase,
  startJobs,
  startOwnCluster,
  urlConnections,
} from './database/index.ts';
import { registerFeatures, startWorkers } from './features.ts';
import { type LinkServer, startLinkServer } from './link/index.ts';
import { keepDelivering, type MailServer, tellEvents } from './notify/index.ts';
import { checkByEngine, ensureFirstRelease } from './patterns/index.ts';
import { readProviderSettings, readSmtp } from './provider-settings/index.ts';
import { openSealer } from './sealing/index.ts';
import { createServer, isBehindTls, isLoopback, type ManagerParts, type ManagerServer } from './server/index.ts';
import { readRecipients, readWebhookSecret } from './settings/index.ts';

export interface ManagerConfig {
  readonly paths: ManagerPaths;
  readonly version: string;
  /** A PostgreSQL of the user's; null: our own cluster. */
  readonly databaseUrl: string | null;
  readonly host: string;
  readonly port: number;
  /** The port that agents call. */
  readonly link: {
    readonly host: string;
    readonly port: number;
    /** Where agents reach the managers, each with a port or by the one above, unless the provider's settings name an address. */
    readonly addresses: readonly string[];
  };
  /** What an administrator runs on a VM to add it. */
  readonly enrolmentCommand: (token: string) => string;
  /** PEM files; null is for loopback alone. */
  readonly tls: { readonly keyFile: string; readonly certificateFile: string } | null;
  /** Proxies of the user's that are believed when they say for whom they ask; they speak TLS for the console. */
  readonly trustedProxies: readonly string[];
  /** Whether webhooks may reach private addresses, and speak plain HTTP. */
  readonly allowPrivateWebhooks: boolean;
  readonly clock?: Clock;
}

export interface RunningManager {
  readonly server: ManagerServer;
  readonly link: LinkServer;
  readonly parts: ManagerParts;
  /** Where the console and the API are. */
  readonly url: string;
  /** Of the first run, once; null when it is set up. */
  readonly setupUrl: string | null;
  stop(): Promise<void>;
}

/** Where the one-time link of the first run is left for who starts the manager. Root's alone. */
export const SETUP_LINK_FILE = 'setup-link';
/** What `/metrics` asks for, made at the first start; an administrator may write another one. Root's alone. */
const METRICS_TOKEN_FILE = 'metrics-token';

/** Resolves when it serves. What was begun is ended again when a later step fails. */
export async function startManager(config: ManagerConfig, log: Logger): Promise<RunningManager> {
  requireTlsBeyondLoopback(config);
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    mkdirSync(config.paths.state, { recursive: true, mode: 0o711 });
    const connections = await openConnections(config, log, ends);
    const done = await migrate(connections);
    if (done.length > 0) log.info({ migrations: done }, 'the database schema was migrated');
    const parts = await makeParts(config, connections, log, ends);
    const link = await serveAgents(config, parts, ends);
    const server = await serve(config, parts, link, ends);
    const url = `${config.tls === null ? 'http' : 'https'}://${hostInUrl(config.host)}:${portOf(server)}`;
    work(config, parts, ends);
    const setupUrl = await offerSetup(config, parts, url);
    log.info({ url }, 'the manager serves');
    return { server, link, parts, url, setupUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function requireTlsBeyondLoopback({ host, tls }: ManagerConfig): void {
  if (tls === null && !isLoopback(host) && host !== 'localhost')
    throw new LazaretError(
      'manager.tls_required',
      `Without a certificate, the manager serves the console only on loopback, not on ${host}.`,
      { where: `--host ${host}` },
    );
}

async function openConnections(
  { databaseUrl, paths }: ManagerConfig,
  log: Logger,
  ends: (() => Promise<unknown>)[],
): Promise<Connections> {
  if (databaseUrl !== null) return urlConnections(databaseUrl);
  const cluster = await startOwnCluster({
    dataDirectory: paths.postgresData,
    socketDirectory: paths.postgresSocket,
    onRevived: (pid) => log.error({ postgresPid: pid }, 'PostgreSQL had ended and was started again'),
  });
  log.info({ postgresPid: cluster.postmasterPid, adopted: cluster.adopted }, 'PostgreSQL runs');
  ends.push(() => cluster.stop());
  await createLazaretDatabase(cluster.socketDirectory);
  return clusterConnections(cluster.socketDirectory);
}

async function makeParts(
  config: ManagerConfig,
  connections: Connections,
  log: Logger,
  ends: (() => Promise<unknown>)[],
): Promise<ManagerParts> {
  const database = openDatabase(connections);
  ends.push(() => database.close());
  const jobs = await startJobs(connections, (error) =>
    log.warn({ err: error }, 'the job queue is not available; the manager tries again later'),
  );
  ends.push(() => jobs.stop());
  const clock = config.clock ?? systemClock;
  return {
    database,
    jobs,
    sealer: openSealer(config.paths.keyFile),
    clock,
    log,
    metrics: new Registry(),
    newId: () => uuidV7(clock.nowMs(), randomBytes(10)),
  };
}

/** Where Debian's packages, and freshclam, keep ClamAV's database. */
const CLAMAV_DIRECTORY = '/var/lib/clamav';
const starterOf = ({ paths }: ManagerConfig): string => join(paths.programs, 'patterns/starter');

/** A tenant's contacts, by what they want to be told of. */
const newsParts = ({ newId }: ManagerParts) => ({ newId, readRecipients });

async function serveAgents(
  config: ManagerConfig,
  parts: ManagerParts,
  ends: (() => Promise<unknown>)[],
): Promise<LinkServer> {
  const link = await startLinkServer(parts, {
    host: config.link.host,
    port: config.link.port,
    managers: await managersOf(config, parts),
    // In the transaction of the batch: what is stored is told.
    ingestHooks: [tellEvents(newsParts(parts)), followScanAlarms(parts.newId)],
    checkInHooks: [],
  });
  ends.push(() => link.close());
  return link;
}

async function managersOf({ link }: ManagerConfig, { database }: ManagerParts): Promise<readonly string[]> {
  const { agentsAddress } = await readProviderSettings(database);
  const addresses = agentsAddress === null ? link.addresses : [agentsAddress];
  return addresses.map((address) => (/(^|[^:]|\]):\d+$/.test(address) ? address : `${address}:${link.port}`));
}

async function serve(
  config: ManagerConfig,
  parts: ManagerParts,
  link: LinkServer,
  ends: (() => Promise<unknown>)[],
): Promise<ManagerServer> {
  const tls =
    config.tls === null
      ? {}
      : {
          tls: {
            key: readFileSync(config.tls.keyFile, 'utf8'),
            cert: readFileSync(config.tls.certificateFile, 'utf8'),
          },
        };
  const { trustedProxies } = config;
  const secureCookies = isBehindTls({ ...tls, trustedProxies });
  const server = await createServer(parts, createAuthenticator(parts, { secureCookies }), {
    version: config.version,
    metricsToken: readMetricsToken(config),
    trustedProxies,
    ...tls,
  });
  ends.push(() => server.close());
  registerFeatures(server, parts, {
    secureCookies,
    enrolment: {
      place: async () => ({
        managers: await managersOf(config, parts),
        authorities: (await link.authorities.all()).map(({ fingerprint }) => fingerprint),
      }),
      command: config.enrolmentCommand,
    },
    patterns: { starterDirectory: starterOf(config), clamavDirectory: CLAMAV_DIRECTORY },
  });
  registerConsoleFiles(server, config.paths.consoleFiles);
  await ensureFirstRelease(parts, starterOf(config));
  await startWorkers(parts, checkByEngine(config.paths.programs, config.paths.run));
  await server.listen({ host: config.host, port: config.port });
  return server;
}

function readMetricsToken({ paths }: ManagerConfig): string {
  const file = join(paths.state, METRICS_TOKEN_FILE);
  if (!existsSync(file)) writeFileAtomic(file, `${randomBytes(32).toString('base64url')}\n`, 0o600);
  return readFileSync(file, 'utf8').trim();
}

/** What is done without anybody asking: mails go out, silence is noticed. */
function work(config: ManagerConfig, parts: ManagerParts, ends: (() => Promise<unknown>)[]): void {
  const end = new AbortController();
  const delivering = keepDelivering(
    {
      database: parts.database,
      clock: parts.clock,
      log: parts.log,
      newId: parts.newId,
      random: Math.random,
      mailServer: () => mailServerOf(parts),
      readRecipients,
      readWebhookSecret: (tx, url) => readWebhookSecret(tx, parts.sealer, url),
      consoleUrl: async () => (await readProviderSettings(parts.database)).consoleUrl,
      allowPrivateWebhooks: config.allowPrivateWebhooks,
    },
    end.signal,
  );
  const { database, clock, log } = parts;
  const evaluating = keepEvaluating({ database, clock, log, ...newsParts(parts) }, end.signal);
  ends.push(async () => {
    end.abort();
    await Promise.all([delivering, evaluating]);
  });
}

async function mailServerOf(parts: ManagerParts): Promise<MailServer | null> {
  const smtp = await readSmtp(parts);
  if (smtp === null) return null;
  const { host, port, security, user, password, from } = smtp;
  return {
    host,
    port,
    security,
    from,
    login: user === null ? null : { user, password: password ?? '' },
    authority: null,
  };
}

/** The link lies in a file beside the state, too, so that who started the manager need not read its log. It goes when it is of no use any more. */
async function offerSetup({ paths }: ManagerConfig, parts: ManagerParts, url: string): Promise<string | null> {
  const file = join(paths.state, SETUP_LINK_FILE);
  const token = (await isSetupNeeded(parts)) ? await makeSetupToken(parts) : null;
  if (token === null) {
    rmSync(file, { force: true });
    return null;
  }
  const setupUrl = `${url}/setup#${token}`;
  writeFileAtomic(file, `${setupUrl}\n`, 0o600);
  parts.log.warn({ setupUrl }, 'no account exists yet; open this one-time link to create the first one');
  return setupUrl;
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function portOf(server: ManagerServer): number {
  const address = server.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
