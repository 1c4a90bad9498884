// SPDX-License-Identifier: Apache-2.0
// Who answers the kernel about opens on the watched file system: nobody, the least that can, we, clamonacc with prevention. Owns what it starts, for as long
// as `work` runs.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { BenchPlace } from './place.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A contestant that hangs must not hold the machine: it is ended. */
const LONGEST_S = 600;
const UP_MS = 60_000;

/** `work` gets the pid of what was started; 0: nothing was. */
export type Contestant = <T>(place: BenchPlace, work: (pid: number) => Promise<T>) => Promise<T>;

export const unprotected: Contestant = (_place, work) => work(0);

export const rawListener: Contestant = async (place, work) => {
  const child = place.mounts.start(place.allowAll, String(LONGEST_S), place.watched);
  await untilLine(child, (line) => line === 'ready');
  return await during(child, work);
};

export const lazaret: Contestant = lazaretWith({});

/** `policy`: laid over the defaults. */
export function lazaretWith(policy: object): Contestant {
  return (place, work) => runLazaret(place, policy, work);
}

/** Our command line, with a state of the measurement's own. */
export function lazaretCommand({ beside }: BenchPlace): readonly [string, ...string[]] {
  return ['env', `LAZARET_STATE=${join(beside, 'state')}`, `LAZARET_RUN=${join(beside, 'run')}`, join(ROOT, 'lazaret')];
}

async function runLazaret<T>(place: BenchPlace, policy: object, work: (pid: number) => Promise<T>): Promise<T> {
  const policyFile = join(place.beside, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(policy));
  rmSync(join(place.beside, 'state'), { recursive: true, force: true });
  const limits = ['--policy', policyFile, '--deadline-ms', '60000', '--action', 'deny', '--patterns', place.patterns];
  const argv = ['timeout', String(LONGEST_S), ...lazaretCommand(place), 'realtime', '--json', '--watch', place.watched];
  const child = place.mounts.start(...([...argv, ...limits] as [string, ...string[]]));
  await untilLine(child, (line) => line.includes('"state":"on"'));
  return await during(child, work);
}

/** The agent as it is installed, with its clamd socket; `realtime`: laid over the defaults. By the starter patterns. */
export function lazaretAgent(realtime: object): Contestant {
  return async (place, work) => {
    const policyFile = join(place.beside, 'policy.json');
    const directories = { kind: 'list', entries: [{ path: place.watched }] };
    const action = { kind: 'custom', primary: 'deny' };
    writeFileSync(policyFile, JSON.stringify({ realtime: { directories, action, ...realtime } }), { mode: 0o600 });
    rmSync(join(place.beside, 'state'), { recursive: true, force: true });
    const argv = ['timeout', String(LONGEST_S), ...lazaretCommand(place), 'agent', 'run', '--policy', policyFile];
    const child = place.mounts.start(...(argv as [string, ...string[]]));
    await untilLine(child, (line) => line.includes('"msg":"real-time"') && line.includes('"state":"on"'));
    return await during(child, work);
  };
}

/** `directory` holds `usr/sbin/clamd` and `clamonacc`, as Debian's clamav-daemon unpacks. Both run as root, whom clamonacc leaves out. */
export function clamonacc(directory: string): Contestant {
  return async (place, work) => {
    const socket = join(place.beside, 'clamd.sock');
    const configuration = join(place.beside, 'clamd.conf');
    writeFileSync(configuration, clamdConfiguration(socket, place));
    const daemon = place.mounts.start(
      'timeout',
      String(LONGEST_S),
      join(directory, 'usr/sbin/clamd'),
      '-c',
      configuration,
    );
    await until(() => existsSync(socket), 'clamd listens');
    return await during(daemon, async () => {
      const log = join(place.beside, 'onacc.log');
      const argv = [join(directory, 'usr/sbin/clamonacc'), '--foreground', '--fdpass', '-c', configuration, '-l', log];
      const watcher = place.mounts.start('timeout', String(LONGEST_S), ...argv);
      // It says nothing when it is ready, and adds watches directory by directory.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      return await during(watcher, work);
    });
  };
}

function clamdConfiguration(socket: string, { patterns, watched }: BenchPlace): string {
  const access = [
    'OnAccessPrevention yes',
    `OnAccessIncludePath ${watched}`,
    'OnAccessExcludeRootUID yes',
    'OnAccessMaxFileSize 100M',
  ];
  return [
    `LocalSocket ${socket}`,
    `DatabaseDirectory ${patterns}`,
    'Foreground yes',
    'User root',
    'MaxThreads 4',
    ...access,
    '',
  ].join('\n');
}

async function during<T>(child: ChildProcess, work: (pid: number) => Promise<T>): Promise<T> {
  child.stdout?.resume();
  let result: T;
  try {
    result = await work(child.pid ?? 0);
  } catch (error) {
    await end(child);
    throw error;
  }
  // What was measured after its death was somebody else's.
  if (!(await end(child))) throw new Error(`${child.spawnargs.join(' ')} ended by itself`);
  return result;
}

/** False: it had ended before. */
async function end(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return false;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return true;
}

async function untilLine(child: ChildProcess, is: (line: string) => boolean): Promise<void> {
  if (child.stdout === null) throw new Error('no output');
  const late = setTimeout(() => child.kill('SIGKILL'), UP_MS);
  const lines = createInterface({ input: child.stdout });
  try {
    for await (const line of lines) if (is(line)) return;
  } finally {
    clearTimeout(late);
  }
  throw new Error(`${child.spawnargs.join(' ')} did not come up`);
}

async function until(is: () => boolean, what: string): Promise<void> {
  for (const endMs = performance.now() + UP_MS; performance.now() < endMs; ) {
    if (is()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not happen: ${what}`);
}
