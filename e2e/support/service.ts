// SPDX-License-Identifier: Apache-2.0
// For tests: the manager as a program of its own, with its own PostgreSQL, spoken to by its API alone – as an administrator has it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@lazaret/testkit';
import { until } from './product.ts';
import { ROOT } from './places.ts';

const MANAGER = join(ROOT, 'apps/manager/src/main.ts');
const PASSWORD = 'correct horse battery staple';

export interface ManagerProcess {
  readonly pid: number;
  readonly url: string;
  readonly linkPort: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ManagerPorts {
  readonly api: number;
  readonly link: number;
}

export interface Service {
  readonly tenantId: string;
  readonly first: ManagerProcess;
  /** Where agents look for a second manager, when there is one. */
  readonly secondLinkPort: number;
  readonly state: string;
  /** A manager on the same state and database; on the same ports when they are named. */
  start(ports?: ManagerPorts): Promise<ManagerProcess>;
  /** Asks a manager (default: the first) below the tenant, or from `/api` on. Throws when it does not answer with success. */
  api<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    at?: ManagerProcess,
  ): Promise<T>;
  /** The bytes of an answer, and its headers. Throws when it is none of success. */
  download(path: string): Promise<{ readonly bytes: Buffer; readonly headers: Headers }>;
  readonly password: string;
  /** The postmaster of the manager's own cluster. */
  postmasterPid(): number;
  /** What somebody does who has the database, past the manager. */
  sql(statements: string): void;
  token(): Promise<string>;
  /** The tenant's default policy, changed by `change`. Resolves to its hash. */
  savePolicy(document: object): Promise<string>;
}

interface Test {
  after(work: () => void | Promise<void>): void;
}

/** `more`: further arguments of the manager's program. */
export async function makeService(test: Test, more: readonly string[] = []): Promise<Service> {
  const state = mkdtempSync(join(tmpdir(), 'lazaret-service-'));
  // Its database's user must get through.
  chmodSync(state, 0o711);
  const environment = {
    ...process.env,
    LAZARET_MANAGER_STATE: join(state, 'm'),
    LAZARET_MANAGER_RUN: join(state, 'r'),
  };
  const running = new Set<ManagerProcess>();
  const postmasterPid = (): number =>
    Number(readFileSync(join(state, 'm/postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  test.after(async () => {
    for (const one of running) await one.stop('SIGKILL');
    try {
      process.kill(postmasterPid(), 'SIGQUIT');
    } catch {
      // It has ended.
    }
    rmSync(state, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  });
  const links = [await freePort(), await freePort()] as const;
  const addresses = links.map((port) => `127.0.0.1:${port}`).join(',');
  const start: Service['start'] = async (ports) => {
    const made = await startProcess(environment, ports ?? { api: await freePort(), link: links[0] }, [
      '--agents-address',
      addresses,
      ...more,
    ]);
    running.add(made);
    return made;
  };
  const first = await start();
  const { tenantId, cookie } = await setUp(first, readFileSync(join(state, 'm/setup-link'), 'utf8').trim());
  const succeed = async (method: string, path: string, body: object | undefined, at: ManagerProcess) => {
    const full = path.startsWith('/api') ? path : `/api/v1/tenants/${tenantId}${path}`;
    const answer = await ask(at.url, method, full, cookie, body);
    if (!answer.ok) throw new Error(`${method} ${full} answers ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const api: Service['api'] = async <T>(method: string, path: string, body?: object, at: ManagerProcess = first) => {
    const text = await (await succeed(method, path, body, at)).text();
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  const defaultPolicy = async (): Promise<string> => {
    const { items } = await api<{ items: { id: string }[] }>('GET', '/policies');
    return items[0]?.id ?? '';
  };
  return {
    tenantId,
    first,
    secondLinkPort: links[1],
    state,
    start,
    api,
    download: async (path) => {
      const answer = await succeed('GET', path, undefined, first);
      return { bytes: Buffer.from(await answer.arrayBuffer()), headers: answer.headers };
    },
    password: PASSWORD,
    postmasterPid,
    sql: (statements) => runSql(join(state, 'r/postgres'), statements),
    token: async () =>
      (await api<{ secret: string }>('POST', '/enrolment-tokens', { policyId: await defaultPolicy() })).secret,
    savePolicy: async (document) => {
      const id = await defaultPolicy();
      return (await api<{ hash: string }>('PUT', `/policies/${id}`, { document })).hash;
    },
  };
}

/** The first account and its tenant, by the link that the manager wrote. */
async function setUp({ url }: ManagerProcess, link: string) {
  const answer = await ask(url, 'POST', '/api/v1/setup', null, {
    token: link.split('#')[1],
    email: 'admin@example.com',
    name: 'Admin',
    password: PASSWORD,
    tenantName: 'Example',
  });
  const { tenants } = (await answer.json()) as { tenants: { id: string }[] };
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { tenantId: tenants[0]?.id ?? '', cookie };
}

function runSql(socketDirectory: string, statements: string): void {
  const argv = ['-h', socketDirectory, '-U', 'lazaret_owner', '-v', 'ON_ERROR_STOP=1', '-q', '-c', statements];
  execFileSync('psql', [...argv, 'lazaret']);
}

function ask(url: string, method: string, path: string, cookie: string | null, body?: object): Promise<Response> {
  const headers = { 'x-lazaret-request': '1', ...(cookie === null ? {} : { cookie }) };
  if (body === undefined) return fetch(`${url}${path}`, { method, headers });
  return fetch(`${url}${path}`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function startProcess(
  environment: NodeJS.ProcessEnv,
  { api, link }: ManagerPorts,
  more: readonly string[],
): Promise<ManagerProcess> {
  const argv = ['--port', String(api), '--link-port', String(link), '--link-host', '127.0.0.1', ...more];
  const child: ChildProcess = spawn(process.execPath, [MANAGER, ...argv], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const log: string[] = [];
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      // A fault of the manager is for whoever reads the test's output.
      if (line.startsWith('{"level":50')) process.stderr.write(`${line.slice(0, 2_000)}\n`);
    });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`the manager ended: ${log.slice(-5).join('\n')}`);
    return Promise.resolve(log.some((line) => line.includes('the manager serves')));
  }, 'the manager serves');
  return {
    pid: child.pid ?? -1,
    url: `http://127.0.0.1:${api}`,
    linkPort: link,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await ended;
    },
  };
}
