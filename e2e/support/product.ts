// SPDX-License-Identifier: Apache-2.0
// For tests: the product as its user has it – the `lazaret` command and the agent – with a state of the test's own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { scanRowSchema, type FileRow, type ScanRow, type SummaryRow } from '@lazaret/contract';
import { calmZone, type Marker } from '@lazaret/testkit';
import { ROOT } from './places.ts';

export { until } from '@lazaret/testkit';

const CLI = join(ROOT, 'apps/cli/src/main.ts');
const AGENT = join(ROOT, 'apps/agent/src/main.ts');
/** As ./start and ./lazaret run it. */
const PRODUCT_NODE = join(ROOT, 'tools/product-node');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Scanned extends Ran {
  readonly rows: readonly ScanRow[];
  readonly files: readonly FileRow[];
  readonly summary: SummaryRow;
}

export interface RunningAgent {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Every line that it logged so far. */
  readonly log: readonly Record<string, unknown>[];
  /** Resolves when a line with this message was logged. */
  logged(message: string): Promise<Record<string, unknown>>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface Product {
  /** A directory of the test's own, for samples. */
  readonly directory: string;
  readonly state: string;
  readonly run: string;
  readonly clamdSocket: string;
  lazaret(...argv: string[]): Promise<Ran>;
  /** `lazaret agent activate --json`, with the token where no list of processes shows it. */
  activate(token: string): Promise<Ran>;
  /** `lazaret scan --json`: every line must be a row of the contract. */
  scan(...argv: string[]): Promise<Scanned>;
  start(...argv: string[]): ChildProcess;
  agent(policy?: string): Promise<RunningAgent>;
  /** A directory of patterns that finds exactly these markers. */
  patterns(...markers: readonly Marker[]): string;
  writePolicy(policy: unknown): string;
}

interface Test {
  after(work: () => void | Promise<void>): void;
}

/** `within`: a command that runs the agent elsewhere, as in a network namespace. */
export function makeProduct(test: Test, within: readonly string[] = []): Product {
  const base = mkdtempSync(join(tmpdir(), 'lazaret-e2e-'));
  const [directory, state, run] = ['files', 'state', 'run'].map((name) => join(base, name)) as [string, string, string];
  mkdirSync(directory);
  const environment = { ...process.env, LAZARET_STATE: state, LAZARET_RUN: run, TZ: calmZone(Date.now()) };
  const agents: RunningAgent[] = [];
  test.after(async () => {
    for (const agent of agents) await agent.stop('SIGKILL');
    rmSync(base, { recursive: true, force: true });
  });
  const startIn = (env: NodeJS.ProcessEnv, argv: readonly string[]): ChildProcess =>
    spawn(PRODUCT_NODE, [CLI, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const start = (...argv: string[]): ChildProcess => startIn(environment, argv);
  const lazaret = (...argv: string[]): Promise<Ran> => collect(start(...argv));
  let made = 0;
  return {
    directory,
    state,
    run,
    clamdSocket: join(`${run}-clamd`, 'clamd.sock'),
    lazaret,
    activate: (token) =>
      collect(startIn({ ...environment, LAZARET_ENROLMENT_TOKEN: token }, ['agent', 'activate', '--json'])),
    start,
    scan: async (...argv) => toScanned(await lazaret('scan', '--json', ...argv)),
    agent: async (policy) => {
      const agent = await startAgent(environment, policy, within);
      agents.push(agent);
      return agent;
    },
    patterns: (...markers) => {
      const path = join(base, `patterns-${made++}`);
      mkdirSync(path);
      writeFileSync(join(path, 'markers.ndb'), markers.map(({ signature }) => signature).join(''));
      return path;
    },
    writePolicy: (policy) => {
      const path = join(base, 'policy.json');
      writeFileSync(path, JSON.stringify(policy));
      return path;
    },
  };
}

export async function collect(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Hands on each line of JSON. What a kill cuts off has no end, and is none. */
export function readLines(stream: Readable, take: (line: Record<string, unknown>) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line) as Record<string, unknown>);
  });
}

export function toScanned(ran: Ran): Scanned {
  const lines = ran.stdout.split('\n').filter((line) => line !== '');
  const rows = lines.map((line) => scanRowSchema.parse(JSON.parse(line)));
  const summary = rows.at(-1);
  if (summary?.type !== 'summary') throw new Error(`no summary: ${ran.stdout.slice(0, 2_000)} ${ran.stderr}`);
  return { ...ran, rows, summary, files: rows.filter((row) => row.type === 'file') };
}

async function startAgent(
  environment: NodeJS.ProcessEnv,
  policy: string | undefined,
  within: readonly string[],
): Promise<RunningAgent> {
  const argv = policy === undefined ? [AGENT] : [AGENT, '--policy', policy];
  const [program, ...before] = [...within, PRODUCT_NODE] as string[];
  const child = spawn(program ?? PRODUCT_NODE, [...before, ...argv], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log: Record<string, unknown>[] = [];
  let wake = Promise.withResolvers<void>();
  const ended = once(child, 'exit');
  readLines(child.stdout, (line) => {
    log.push(line);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  const logged = async (message: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const line = log.find((one) => one['msg'] === message);
      if (line !== undefined) return line;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the agent ended: ${JSON.stringify(log)}`);
      await Promise.race([wake.promise, ended]);
    }
  };
  await logged('ready');
  return {
    pid: child.pid ?? -1,
    process: child,
    log,
    logged,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await ended;
    },
  };
}
