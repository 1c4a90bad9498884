// SPDX-License-Identifier: Apache-2.0
// For tests: `lazaret realtime` in a mount namespace of the test's own, where it watches a tmpfs that nobody else has. Whatever happens to the test, its
// supervisor is ended, by its pid: a listener that stayed would hold every open on what it marked.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calmZone, eicar, PrivateMounts } from '@lazaret/testkit';
import { collect, readLines, type Ran } from './product.ts';
import { ROOT } from './places.ts';

const CLI = join(ROOT, 'apps/cli/src/main.ts');
const AGENT = join(ROOT, 'apps/agent/src/main.ts');
const SUPERVISOR = join(ROOT, '.build/native/bin/lazaret-supervisor');
const PRODUCT_NODE = join(ROOT, 'tools/product-node');

export type Line = Readonly<Record<string, unknown>> & { readonly type: string };

export interface RunningRealtime {
  readonly process: ChildProcess;
  readonly lines: readonly Line[];
  /** The first line that fits, from the past or to come. Rejects when the command ends before. */
  readonly line: (type: string, fits?: (line: Line) => boolean, orType?: string) => Promise<Line>;
  /** The same of whatever it prints. */
  readonly logged: (fits: (line: Readonly<Record<string, unknown>>) => boolean) => Promise<unknown>;
  /** Pids of what it started, by the name of the program. */
  readonly pid: (program: string) => number;
  /** Whether that process is still its one of that name. */
  readonly runs: (program: string, pid: number) => boolean;
  /** Ends it as Ctrl-C does; the exit code. */
  readonly stop: () => Promise<number | null>;
}

export interface RealtimeProduct {
  readonly mounts: PrivateMounts;
  readonly state: string;
  readonly run: string;
  /** Resolves at its first line: `ready`, or the state that keeps it from watching. */
  readonly start: (...argv: string[]) => Promise<RunningRealtime>;
  /** The agent that is there always, below the supervisor, as the installed product has it. Resolves when real-time is on. */
  readonly startDaemon: (policyFile: string) => Promise<RunningRealtime>;
  readonly writePolicy: (policy: unknown) => string;
  /** Where it writes it. */
  readonly policyFile: string;
  /** Any other command of ours, in the same place. The caller waits for its end. */
  readonly spawn: (...argv: string[]) => ChildProcess;
  /** The same until it ends by itself. */
  readonly lazaret: (...argv: string[]) => Promise<Ran>;
}

type Command = readonly [string, ...string[]];

interface Test {
  after(work: () => void | Promise<void>): void;
}

export interface RealtimeChoices {
  /** State and run directory on the watched file system itself. */
  readonly ownPlacesInside?: boolean;
  readonly environment?: readonly string[];
  /** A command that the product runs below, with its arguments. */
  readonly below?: readonly string[];
}

export async function makeRealtime(
  test: Test,
  setUp = 'true',
  { ownPlacesInside = false, environment: more = [], below = [] }: RealtimeChoices = {},
): Promise<RealtimeProduct> {
  const base = mkdtempSync(join(tmpdir(), 'lazaret-rt-'));
  const mounts = await PrivateMounts.open(setUp);
  const place = (name: string): string => (ownPlacesInside ? mounts.inside(name) : join(base, name));
  const places = [`LAZARET_STATE=${place('state')}`, `LAZARET_RUN=${place('run')}`];
  const environment: Command = ['env', ...places, `TZ=${calmZone(Date.now())}`, ...more];
  const product: Command = [...environment, ...below, PRODUCT_NODE, CLI];
  const daemon: Command = [...environment, SUPERVISOR, '--run', place('run'), '--', PRODUCT_NODE, AGENT, '--policy'];
  const policyFile = join(base, 'policy.json');
  const running: RunningRealtime[] = [];
  test.after(async () => {
    for (const one of running) await one.stop();
    await mounts.close();
    rmSync(base, { recursive: true, force: true });
  });
  return {
    mounts,
    state: ownPlacesInside ? mounts.path('state') : place('state'),
    run: ownPlacesInside ? mounts.path('run') : place('run'),
    policyFile,
    writePolicy: (policy) => {
      writeFileSync(policyFile, JSON.stringify(policy));
      return policyFile;
    },
    spawn: (...argv) => enter(mounts, product, argv),
    lazaret: (...argv) => collect(enter(mounts, product, argv)),
    startDaemon: async (policyFile) => {
      const one = follow(enter(mounts, daemon, [policyFile]));
      running.push(one);
      await one.logged((line) => line['msg'] === 'real-time' && line['state'] === 'on');
      return one;
    },
    start: async (...argv) => {
      const one = follow(enter(mounts, product, ['realtime', '--json', ...argv]));
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
  const watchdog = watchOver(child.pid ?? -1);
  let wake = Promise.withResolvers<void>();
  const ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('the command has no standard output');
  readLines(child.stdout, (line) => {
    lines.push(line as Line);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  const line: RunningRealtime['line'] = (type, fits = () => true, orType = type) =>
    find((one) => (one.type === type || one.type === orType) && fits(one));
  const find = async (fits: (line: Line) => boolean): Promise<Line> => {
    for (;;) {
      const found = lines.find(fits);
      if (found !== undefined) return found;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`it ended (${child.exitCode ?? child.signalCode}): ${JSON.stringify(lines)}`);
      await Promise.race([wake.promise, ended]);
    }
  };
  const stop: RunningRealtime['stop'] = async () => {
    if (watchdog.pid !== undefined) killHard(-watchdog.pid);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const below = descendants(child.pid ?? -1);
    child.kill('SIGTERM');
    const hard = setTimeout(() => [...below, child.pid ?? -1].forEach(killHard), 15_000);
    const [code] = (await ended) as [number | null];
    clearTimeout(hard);
    return code;
  };
  const pid = (program: string): number => findBelow(child.pid ?? -1, program);
  const runs = (program: string, one: number): boolean => allBelow(child.pid ?? -1, program).includes(one);
  return { process: child, lines, line, logged: find, stop, pid, runs };
}

const WATCHDOG_SECONDS = 600;
/** Ends a process and all below it, and waits for none of them. */
const END_TREE = `
began() { cut -d' ' -f22 /proc/$1/stat; }
end() { for each in $(cat /proc/$1/task/*/children 2>/dev/null); do end $each; done; kill -9 $1; }
BEGAN=$(began $1); sleep $2; [ "$(began $1)" = "$BEGAN" ] && end $1`;

/** A process of its own: it ends the product even when the test's own process is blocked or gone. */
function watchOver(pid: number): ChildProcess {
  const watchdog = spawn('bash', ['-c', END_TREE, 'watchdog', String(pid), String(WATCHDOG_SECONDS)], {
    stdio: 'ignore',
    detached: true,
  });
  watchdog.unref();
  return watchdog;
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

export function descendants(pid: number): readonly number[] {
  const children = readText(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.concat(children.flatMap(descendants));
}

/** By the kernel's name of the process, which is cut at 15 bytes; each before those below it. */
function allBelow(pid: number, program: string): readonly number[] {
  return descendants(pid).filter((one) => readText(`/proc/${one}/comm`).trim() === program.slice(0, 15));
}

export function findBelow(pid: number, program: string): number {
  const [found] = allBelow(pid, program);
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

type Event = Record<string, unknown>;

export function events(product: RealtimeProduct): readonly Event[] {
  return followEvents(product)();
}

/** All that were ever seen: the spool itself holds no more than its cap. */
export function followEvents(product: RealtimeProduct): () => readonly Event[] {
  const directory = join(product.state, 'spool');
  const seen: Event[] = [];
  const readTo = new Map<string, number>();
  return () => {
    for (const name of readdirSync(directory).toSorted()) {
      const from = readTo.get(name) ?? 0;
      const bytes = readFileSync(join(directory, name)).subarray(from);
      // What a crash cut off is no event.
      const end = bytes.lastIndexOf(10) + 1;
      readTo.set(name, from + end);
      const lines = bytes.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
      seen.push(...lines.map((line) => JSON.parse(line) as Event));
    }
    return seen;
  };
}

/** A command in the namespace that is ended when it waits too long: a blocked open must fail the test, not hold it. */
export function within(mounts: PrivateMounts, script: string, timeoutMs = 30_000): Ran {
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
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

/** The bash that writes the test pattern there: by another process than the one that opens it, and without a shell's quotes in the way. */
export const plant = (name: string): string => `base64 -d > ${name} <<< ${eicar().toString('base64')}`;
