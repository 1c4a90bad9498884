// SPDX-License-Identifier: Apache-2.0
// For tests: `lazaret realtime` in a mount namespace of the test's own, where it watches a tmpfs that nobody else has. Whatever happens to the test, its
// supervisor is ended, by its pid: a listener that stayed would hold every open on what it marked.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PrivateMounts } from '@lazaret/testkit';
import { collect, type Ran } from './product.ts';

const ROOT = join(import.meta.dirname, '..');
const CLI = join(ROOT, 'apps/cli/src/main.ts');
const PRODUCT_NODE = join(ROOT, 'tools/product-node');

export type Line = Readonly<Record<string, unknown>> & { readonly type: string };

export interface RunningRealtime {
  readonly process: ChildProcess;
  readonly lines: readonly Line[];
  /** The first line that fits, from the past or to come. Rejects when the command ends before. */
  readonly line: (type: string, fits?: (line: Line) => boolean, orType?: string) => Promise<Line>;
  /** Pids of what it started, by the name of the program. */
  readonly pid: (program: string) => number;
  /** Ends it as Ctrl-C does; the exit code. */
  readonly stop: () => Promise<number | null>;
}

export interface RealtimeProduct {
  readonly mounts: PrivateMounts;
  readonly state: string;
  /** Resolves at its first line: `ready`, or the state that keeps it from watching. */
  readonly start: (...argv: string[]) => Promise<RunningRealtime>;
  readonly writePolicy: (policy: unknown) => string;
  /** Any other command of ours, in the same place. The caller waits for its end. */
  readonly spawn: (...argv: string[]) => ChildProcess;
  /** The same until it ends by itself. */
  readonly lazaret: (...argv: string[]) => Promise<Ran>;
}

type Command = readonly [string, ...string[]];

interface Test {
  after(work: () => void | Promise<void>): void;
}

/** `launcher`: a command that starts the product otherwise than bare. */
export async function makeRealtime(
  test: Test,
  setUp = 'true',
  launcher: Command = ['nice', '-n', '0'],
): Promise<RealtimeProduct> {
  const base = mkdtempSync(join(tmpdir(), 'lazaret-rt-'));
  const mounts = await PrivateMounts.open(setUp);
  const [state, run] = [join(base, 'state'), join(base, 'run')];
  const environment: Command = [...launcher, 'env', `LAZARET_STATE=${state}`, `LAZARET_RUN=${run}`, PRODUCT_NODE, CLI];
  const running: RunningRealtime[] = [];
  test.after(async () => {
    for (const one of running) await one.stop();
    await mounts.close();
    rmSync(base, { recursive: true, force: true });
  });
  return {
    mounts,
    state,
    writePolicy: (policy) => {
      const path = join(base, 'policy.json');
      writeFileSync(path, JSON.stringify(policy));
      return path;
    },
    spawn: (...argv) => enter(mounts, environment, argv),
    lazaret: (...argv) => collect(enter(mounts, environment, argv)),
    start: async (...argv) => {
      const one = follow(enter(mounts, environment, ['realtime', '--json', ...argv]));
      running.push(one);
      await one.line('ready', () => true, 'state');
      return one;
    },
  };
}

function enter(mounts: PrivateMounts, [program, ...before]: Command, argv: readonly string[]): ChildProcess {
  return mounts.start(program, ...before, ...argv);
}

function follow(child: ChildProcess): RunningRealtime {
  const lines: Line[] = [];
  let wake = Promise.withResolvers<void>();
  const ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('the command has no standard output');
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Line);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  const line: RunningRealtime['line'] = async (type, fits = () => true, orType = type) => {
    for (;;) {
      const found = lines.find((one) => (one.type === type || one.type === orType) && fits(one));
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`it ended (${child.exitCode}): ${JSON.stringify(lines)}`);
      await Promise.race([wake.promise, ended]);
    }
  };
  const stop: RunningRealtime['stop'] = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const below = descendants(child.pid ?? -1);
    child.kill('SIGTERM');
    const hard = setTimeout(() => [...below, child.pid ?? -1].forEach(killHard), 15_000);
    const [code] = (await ended) as [number | null];
    clearTimeout(hard);
    return code;
  };
  return { process: child, lines, line, stop, pid: (program) => findBelow(child.pid ?? -1, program) };
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function descendants(pid: number): readonly number[] {
  const children = readText(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.concat(children.flatMap(descendants));
}

/** By the kernel's name of the process, which is cut at 15 bytes. */
export function findBelow(pid: number, program: string): number {
  const found = descendants(pid).find((one) => readText(`/proc/${one}/comm`).trim() === program.slice(0, 15));
  if (found === undefined) throw new Error(`${program} does not run`);
  return found;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A command in the namespace that is ended when it waits too long: a blocked open must fail the test, not hold it. */
export function within(
  mounts: PrivateMounts,
  script: string,
  timeoutMs = 30_000,
): Ran & { readonly elapsedMs: number } {
  const startedAt = performance.now();
  const ran = mounts.run(
    'timeout',
    '-s',
    'KILL',
    String(timeoutMs / 1_000),
    'bash',
    '-c',
    `cd "$0"; ${script}`,
    mounts.directory,
  );
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr, elapsedMs: performance.now() - startedAt };
}
