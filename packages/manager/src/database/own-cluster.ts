// SPDX-License-Identifier: Apache-2.0
// The manager's own PostgreSQL: Debian's programs on the manager's data directory, reached only by a Unix socket. It owns the data directory, the directory of
// the socket, and the postmaster that it started or found. It never runs two: PostgreSQL's own lock file decides, and a postmaster that a killed manager left
// is adopted. Roles and tables belong to migrate.ts, connections to database.ts. The last manager that uses it calls `stop`.
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LazaretError } from '@lazaret/core';
import type pg from 'pg';
import { withClient } from './outage.ts';
import { BINARIES, runAs, runProgram, type OperatingSystemUser } from './postgres-programs.ts';
import { isAlive, readPostmaster } from './postmaster-file.ts';

export const OWNER_ROLE = 'lazaret_owner';
export const SERVICE_ROLE = 'lazaret_service';
/** The port is only a part of the socket's name: nothing listens on the network. */
const PORT = 5432;
/** Recovery after a crash reads the whole log of changes: slow, but it ends. */
const START_TIMEOUT_MS = 10 * 60_000;
const STOP_TIMEOUT_MS = 120_000;
const POLL_MS = 50;
const WATCH_MS = 1_000;

export interface OwnClusterOptions {
  readonly dataDirectory: string;
  readonly socketDirectory: string;
  /** Further settings of postgresql.conf; tests turn fsync off. */
  readonly settings?: Readonly<Record<string, string>>;
  /** It had died, and runs again. */
  readonly onRevived?: (postmasterPid: number) => void;
}

export interface OwnCluster {
  readonly socketDirectory: string;
  readonly postmasterPid: number;
  /** It ran already: another manager uses it, or one was killed and left it. */
  readonly adopted: boolean;
  /** Ends the postmaster cleanly, unless another manager is connected. */
  stop(): Promise<'stopped' | 'in-use'>;
}

/** Connection to a cluster by its socket, as one of our two login roles. */
export function socketConnection(
  socketDirectory: string,
  user: string,
  database: string,
): { readonly host: string; readonly port: number; readonly user: string; readonly database: string } {
  return { host: socketDirectory, port: PORT, user, database };
}

/** Starts the cluster, or adopts the one that runs; makes it where there is none yet. Resolves when it answers. */
export async function startOwnCluster(options: OwnClusterOptions): Promise<OwnCluster> {
  if (!existsSync(join(BINARIES, 'postgres')))
    throw new LazaretError('database.programs_missing', `The program ${join(BINARIES, 'postgres')} does not exist.`);
  const user = runAs();
  await ensureDataDirectory(options.dataDirectory, user);
  ensureSocketDirectory(options.socketDirectory, user);
  return handle(options, await bringUp(options, user), () => bringUp(options, user));
}

interface Postmaster {
  readonly pid: number;
  readonly socketDirectory: string;
  readonly adopted: boolean;
}

async function bringUp(options: OwnClusterOptions, user: OperatingSystemUser | null): Promise<Postmaster> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const found = readPostmaster(options.dataDirectory);
    if (found !== null && !found.stopping) {
      const { pid, socketDirectory } = found;
      if (await answers(socketDirectory)) return { pid, socketDirectory, adopted: true };
    } else if (found === null) {
      const started = await startPostmaster(options, user, deadline);
      if (started !== null) return started;
    }
    await delay(POLL_MS);
  }
  throw notStarted(options, 'it did not answer in time');
}

/** Null: another manager was faster, and its postmaster is to be adopted. */
async function startPostmaster(
  options: OwnClusterOptions,
  user: OperatingSystemUser | null,
  deadline: number,
): Promise<Postmaster | null> {
  const settings = { ...serverSettings(options.socketDirectory), ...options.settings };
  const argv = [
    '-D',
    options.dataDirectory,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  // Detached: a terminal's Ctrl-C must reach the manager alone, which then ends things in their order.
  const child = spawn(join(BINARIES, 'postgres'), argv, {
    cwd: options.dataDirectory,
    detached: true,
    stdio: 'ignore',
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
  let ended: string | null = null;
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => (ended = `it ended with ${signal ?? code}`));
  child.unref();
  while (ended === null && performance.now() < deadline) {
    if (child.pid !== undefined && readPostmaster(options.dataDirectory)?.pid === child.pid)
      if (await answers(options.socketDirectory))
        return { pid: child.pid, socketDirectory: options.socketDirectory, adopted: false };
    await delay(POLL_MS);
  }
  if (readPostmaster(options.dataDirectory) !== null) return null;
  throw notStarted(options, ended ?? 'it did not answer in time');
}

function serverSettings(socketDirectory: string): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0777',
    port: String(PORT),
    max_connections: '120',
    fsync: 'on',
    // A week of logs, and no more: each day's file is begun anew.
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgres-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
  };
}

/** A postmaster that dies under us (memory, a person) is started again, and recovers: nobody else would do it. */
function handle(options: OwnClusterOptions, first: Postmaster, bringUpAgain: () => Promise<Postmaster>): OwnCluster {
  const { dataDirectory, onRevived } = options;
  let { pid } = first;
  let reviving: Promise<void> | null = null;
  const revive = async (): Promise<void> => {
    ({ pid } = await bringUpAgain());
    onRevived?.(pid);
  };
  const watch = setInterval(() => {
    if (reviving !== null || isAlive(dataDirectory, pid)) return;
    // What fails is tried again at the next look; requests are answered by 503 until then.
    reviving = revive()
      .catch(() => undefined)
      .finally(() => (reviving = null));
  }, WATCH_MS);
  watch.unref();
  return {
    socketDirectory: first.socketDirectory,
    postmasterPid: first.pid,
    adopted: first.adopted,
    stop: async () => {
      clearInterval(watch);
      await reviving;
      if (!isAlive(dataDirectory, pid)) return 'stopped';
      if (await othersAreConnected(first.socketDirectory)) return 'in-use';
      process.kill(pid, 'SIGINT');
      const deadline = performance.now() + STOP_TIMEOUT_MS;
      while (isAlive(dataDirectory, pid) && performance.now() < deadline) await delay(POLL_MS);
      return 'stopped';
    },
  };
}

async function answers(socketDirectory: string): Promise<boolean> {
  return asOwner(socketDirectory, () => Promise.resolve(true)).catch(() => false);
}

/** Whoever is connected besides this process: its own pools are closed before. */
async function othersAreConnected(socketDirectory: string): Promise<boolean> {
  return asOwner(socketDirectory, async (client) => {
    const found = await client.query(
      `select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
       and application_name like 'lazaret-manager:%' and application_name <> $1 limit 1`,
      [applicationName()],
    );
    return found.rows.length > 0;
  }).catch(() => false);
}

/** How this process is named in pg_stat_activity. */
export function applicationName(): string {
  return `lazaret-manager:${process.pid}`;
}

function asOwner<T>(socketDirectory: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const connection = socketConnection(socketDirectory, OWNER_ROLE, 'postgres');
  return withClient({ ...connection, connectionTimeoutMillis: 10_000 }, work);
}

/** For PostgreSQL's user and root alone: whoever reaches the socket could take all of its connections. Its parent is only passed through. */
function ensureSocketDirectory(path: string, user: OperatingSystemUser | null): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(path, user.uid, user.gid);
  chmodSync(path, 0o700);
}

/** The directory appears whole or not at all: it is made aside and renamed, so that a kill in the middle leaves nothing half. */
async function ensureDataDirectory(dataDirectory: string, user: OperatingSystemUser | null): Promise<void> {
  if (existsSync(join(dataDirectory, 'PG_VERSION'))) return;
  const parent = join(dataDirectory, '..');
  mkdirSync(parent, { recursive: true, mode: 0o711 });
  if (user !== null) chmodSync(parent, 0o711);
  const incoming = `${dataDirectory}.${process.pid}.incoming`;
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { mode: 0o700 });
  if (user !== null) chownSync(incoming, user.uid, user.gid);
  await runProgram('initdb', initArguments(incoming), user);
  writeFileSync(join(incoming, 'pg_hba.conf'), 'local all all peer map=lazaret\n');
  writeFileSync(join(incoming, 'pg_ident.conf'), identityMap(user));
  try {
    renameSync(incoming, dataDirectory);
  } catch (error) {
    rmSync(incoming, { recursive: true, force: true });
    // Another manager was faster.
    if (!existsSync(join(dataDirectory, 'PG_VERSION'))) throw error;
  }
}

function initArguments(directory: string): string[] {
  const place = ['--pgdata', directory, '--username', OWNER_ROLE, '--encoding', 'UTF8', '--locale', 'C.UTF-8'];
  return place.concat('--auth', 'peer', '--data-checksums', '--no-instructions');
}

/** Who may connect as whom: this process's user, known to the kernel (peer), as our login roles. There is no password to steal. */
function identityMap(user: OperatingSystemUser | null): string {
  const system = user === null ? runAsName() : 'root';
  return [OWNER_ROLE, SERVICE_ROLE].map((role) => `lazaret ${system} ${role}\n`).join('');
}

function runAsName(): string {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.split(':')[2] === String(process.getuid?.()));
  return line?.split(':')[0] ?? 'lazaret';
}

function notStarted({ dataDirectory }: OwnClusterOptions, why: string): LazaretError {
  const message = `PostgreSQL did not start: ${why}. Its log: ${join(dataDirectory, 'log')}.`;
  return new LazaretError('database.not_started', message);
}
