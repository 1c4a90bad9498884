// SPDX-License-Identifier: Apache-2.0
// A real PostgreSQL for tests: one cluster for each test process, and a fresh, migrated database for each call – fast, because both are copies of a
// template that is made once for each set of migrations (.build/test-cluster). Owns the cluster; it ends with the process.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  clusterConnections,
  type Connections,
  createLazaretDatabase,
  type Database,
  migrate,
  openDatabase,
  type OwnCluster,
  startOwnCluster,
} from '../database/index.ts';
import { isAlive } from '../database/postmaster-file.ts';
import { MIGRATIONS } from '../database/migrations/index.ts';

export interface TestDatabase {
  readonly connections: Connections;
  readonly database: Database;
  /** Of the cluster: for a raw connection. */
  readonly socketDirectory: string;
  readonly name: string;
}

interface Ending {
  after(work: () => Promise<void>): void;
}

const TEMPLATES = join(import.meta.dirname, '../../../../.build/test-cluster');
const TEMPLATE_DATABASE = 'lazaret_template';
/** A test's rows need not survive a power cut. */
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  logging_collector: 'off',
  shared_buffers: '32MB',
};

let cluster: Promise<OwnCluster> | null = null;
let databases = 0;

/** A database of the test's own with all migrations; `after` closes it. `empty`: without any. */
export async function testDatabase(test: Ending, options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  const { socketDirectory } = await (cluster ??= startTestCluster());
  const name = `test_${++databases}`;
  await createLazaretDatabase(socketDirectory, name, options.empty === true ? undefined : TEMPLATE_DATABASE);
  const connections = clusterConnections(socketDirectory, name);
  const database = openDatabase(connections);
  test.after(() => database.close());
  return { connections, database, socketDirectory, name };
}

async function startTestCluster(): Promise<OwnCluster> {
  const template = await ensureTemplate();
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-pg-'));
  chmodSync(directory, 0o711);
  execFileSync('cp', ['-a', template, join(directory, 'data')]);
  const started = await startOwnCluster({
    dataDirectory: join(directory, 'data'),
    socketDirectory: join(directory, 'run'),
    settings: FAST,
  });
  process.on('exit', () => {
    endNow(join(directory, 'data'), started.postmasterPid);
    rmSync(directory, { recursive: true, force: true });
  });
  return started;
}

/** In an exit handler nothing can be awaited. */
function endNow(dataDirectory: string, pid: number): void {
  if (isAlive(dataDirectory, pid)) process.kill(pid, 'SIGQUIT');
  const wait = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 500 && isAlive(dataDirectory, pid); tries++) Atomics.wait(wait, 0, 0, 10);
}

/** The data directory of a stopped cluster that holds the migrated template. Test processes that start together may each make it; one wins. */
async function ensureTemplate(): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(MIGRATIONS)).digest('hex').slice(0, 16);
  const ready = join(TEMPLATES, key);
  if (existsSync(ready)) return ready;
  mkdirSync(TEMPLATES, { recursive: true, mode: 0o755 });
  // Not below the checkout, which the database's user may have no way into.
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-pg-template-'));
  chmodSync(directory, 0o711);
  const data = join(directory, 'data');
  const making = await startOwnCluster({
    dataDirectory: data,
    socketDirectory: join(directory, 'run'),
    settings: FAST,
  });
  await createLazaretDatabase(making.socketDirectory, TEMPLATE_DATABASE);
  await migrate(clusterConnections(making.socketDirectory, TEMPLATE_DATABASE));
  await making.stop();
  const incoming = join(TEMPLATES, `${key}.${process.pid}`);
  execFileSync('cp', ['-a', data, incoming]);
  rmSync(directory, { recursive: true, force: true });
  try {
    renameSync(incoming, ready);
  } catch {
    rmSync(incoming, { recursive: true, force: true });
  }
  return ready;
}
