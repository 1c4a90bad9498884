// SPDX-License-Identifier: Apache-2.0
// Starts lazaret-supervisor and starts it again when it was killed: the kernel lets opens go meanwhile, and the agent finds the gap by its heartbeat. Owns
// that one child; everything below it ends with it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { LazaretError } from '@lazaret/core';
import { EXIT } from '../output.ts';

export interface SupervisorOrder {
  /** Program and arguments (supervisorCommand). */
  readonly command: readonly [string, ...string[]];
  /** Null: its lines go to our standard output as they are. */
  readonly onLine: ((line: string) => void) | null;
}

/** A supervisor that dies sooner than this did not run. */
const RAN_MS = 2_000;
const DEATHS_MAX = 5;

/** Resolves with the agent's exit code once a signal has ended it, or it has ended by itself. */
export async function runSupervisor({ command, onLine }: SupervisorOrder): Promise<number> {
  const [program, ...argv] = command;
  const end = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => end.abort());
  for (let deaths = 0; ; ) {
    const startedAt = performance.now();
    const child = spawn(program, argv, {
      stdio: ['ignore', onLine === null ? 'inherit' : 'pipe', 'inherit'],
    });
    const code = await untilEnded(child, onLine, end.signal);
    if (code !== null) return code;
    if (end.signal.aborted) return EXIT.ok;
    deaths = performance.now() - startedAt < RAN_MS ? deaths + 1 : 0;
    if (deaths >= DEATHS_MAX)
      throw new LazaretError(
        'realtime.supervisor_failed',
        `lazaret-supervisor was killed ${DEATHS_MAX} times in a row, each time soon after its start.`,
      );
  }
}

/** The exit code, or null when a signal ended it. */
async function untilEnded(
  child: ChildProcess,
  onLine: SupervisorOrder['onLine'],
  signal: AbortSignal,
): Promise<number | null> {
  const stop = (): void => void child.kill('SIGTERM');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  if (onLine !== null) readLines(child, onLine);
  try {
    const [code] = (await once(child, onLine === null ? 'exit' : 'close')) as [number | null];
    return code;
  } catch (error) {
    throw new LazaretError('realtime.not_built', `The supervisor cannot be started: ${(error as Error).message}.`, {
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What a killed agent left unfinished is no line. */
function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
}
