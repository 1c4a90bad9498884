// SPDX-License-Identifier: Apache-2.0
// The manager as a process, as a service starts it, for tests: its log is read line by line. Owns the processes; each ends with its test.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, 'main.ts');
const START_TIMEOUT_MS = 120_000;

export interface Installation {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Started in it; they end before it goes. */
  readonly processes: ManagerProcess[];
}

export interface ManagerProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly setupToken: string | null;
  readonly postgres: { readonly pid: number; readonly adopted: boolean };
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL: it has no chance to tidy up. */
  kill(): Promise<void>;
}

interface Test {
  after(work: () => void | Promise<void>): void;
}

/** A place of its own. Others may pass through it: the database's user lives inside. */
export function makeInstallation(test: Test): Installation {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-manager-'));
  chmodSync(directory, 0o711);
  const processes: ManagerProcess[] = [];
  test.after(async () => {
    for (const one of processes) await one.stop();
    endDatabase(join(directory, 'state/postgres'));
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  });
  const environment = {
    ...process.env,
    LAZARET_MANAGER_STATE: join(directory, 'state'),
    LAZARET_MANAGER_RUN: join(directory, 'run'),
  };
  return { directory, environment, processes };
}

/** A manager that was killed leaves its database, and a test that failed did not start another one to end it. */
function endDatabase(dataDirectory: string): void {
  try {
    const pid = Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (readlinkSync(`/proc/${pid}/cwd`) === dataDirectory) process.kill(pid, 'SIGQUIT');
  } catch {
    // It is gone, as it should be.
  }
}

/** Resolves when it serves. */
export async function startProcess(
  { environment, processes }: Installation,
  ...more: readonly string[]
): Promise<ManagerProcess> {
  const argv = [MAIN, '--port', '0', '--link-port', '0', '--link-host', '127.0.0.1', ...more];
  const child = spawn(process.execPath, argv, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    return ended;
  };
  const seen: Record<string, unknown>[] = [];
  const timeout = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(JSON.parse(line) as Record<string, unknown>);
    if (seen.at(-1)?.['msg'] === 'the manager serves') break;
  }
  clearTimeout(timeout);
  child.stdout.resume();
  const find = (msg: string) => seen.find((line) => line['msg'] === msg);
  const serves = find('the manager serves');
  if (serves === undefined) throw new Error(`the manager did not start: ${JSON.stringify(seen)}`);
  const runs = find('PostgreSQL runs') ?? {};
  const setupUrl = find('no account exists yet; open this one-time link to create the first one')?.['setupUrl'];
  const started: ManagerProcess = {
    child,
    url: String(serves['url']),
    setupToken: typeof setupUrl === 'string' ? (setupUrl.split('#')[1] ?? null) : null,
    postgres: { pid: Number(runs['postgresPid']), adopted: runs['adopted'] === true },
    stop,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
  processes.push(started);
  return started;
}

/** Runs a command to its end. */
export async function runCommand(
  { environment }: Installation,
  ...argv: string[]
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...argv], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into any answer
  readonly body: any;
  readonly cookie: string | null;
}

export async function ask(
  manager: ManagerProcess,
  method: string,
  path: string,
  options: { readonly cookie?: string | null; readonly body?: unknown } = {},
): Promise<Answer> {
  const headers: Record<string, string> = { 'x-lazaret-request': '1' };
  if (options.cookie != null) headers['cookie'] = options.cookie;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  const response = await fetch(`${manager.url}${path}`, {
    method,
    headers,
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? null : JSON.parse(text),
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? null,
  };
}

export const PASSWORD = 'correct horse battery staple';

/** The first run: a cookie and the tenant's id. */
export async function setUp(
  manager: ManagerProcess,
): Promise<{ readonly cookie: string | null; readonly tenantId: string }> {
  const body = { token: manager.setupToken, email: 'a@example.com', name: 'A', password: PASSWORD, tenantName: 'T' };
  const { status, body: session, cookie } = await ask(manager, 'POST', '/api/v1/setup', { body });
  if (status !== 200) throw new Error(JSON.stringify(session));
  return { cookie, tenantId: session.tenants[0].id as string };
}
