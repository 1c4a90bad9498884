// SPDX-License-Identifier: Apache-2.0
// The scan process as a child of the agent. This module owns the child: it starts, watches and ends it. Workers and loader are children of the scan process and
// die with it (PDEATHSIG), so there is nothing else to clean up.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { ensurePrivatePlace } from '../state/index.ts';

export interface ScannerProcess {
  readonly pid: number;
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
  /** At once; its workers and its loader go with it. */
  kill(): void;
}

export interface ScannerProgram {
  readonly program: string;
  readonly socketPath: string;
  readonly workers: number;
}

const READY_MS = 10_000;
const STOP_MS = 2_000;

/** Starts it and waits until it listens. Rejects with what it printed when it does not come up. */
export async function startScanner({ program, socketPath, workers }: ScannerProgram): Promise<ScannerProcess> {
  ensurePrivatePlace(dirname(socketPath));
  const child = spawn(program, ['--socket', socketPath, '--workers', String(workers), '--end-with-parent'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  await untilReady(child, program, ended);
  return { pid: child.pid ?? -1, ended, stop: () => stop(child, ended), kill: () => child.kill('SIGKILL') };
}

async function untilReady(child: ChildProcess, program: string, ended: Promise<void>): Promise<void> {
  const said = collectErrors(child);
  const ready = new Promise<boolean>((resolve) => {
    if (child.stdout === null) return resolve(false);
    createInterface({ input: child.stdout }).on('line', (line) => line === 'ready' && resolve(true));
  });
  const timeout = AbortSignal.timeout(READY_MS);
  const late = new Promise<false>((resolve) => timeout.addEventListener('abort', () => resolve(false)));
  if (await Promise.race([ready, ended.then(() => false), late])) return;
  child.kill('SIGKILL');
  throw new LazaretError('scanner.start_failed', `The scanner did not start: ${said() || 'it printed no message'}.`, {
    where: program,
  });
}

/** The last of what it says on standard error; the pipe is always read, or a talkative child would stand still. */
function collectErrors(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-2_000);
  });
  child.on('error', (error) => {
    text = error.message;
  });
  return () => text.trim();
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(hard);
}
