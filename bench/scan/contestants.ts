// SPDX-License-Identifier: Apache-2.0
// How each contestant is run and watched. Memory is the highest sum of PSS over all of its processes, sampled ten times a
// second: shared pages count once, whoever maps them.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'node:net';
import { family, memoryMiBOf } from '../processes.ts';
import type { Workplace } from './workplace.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Measured {
  readonly scanMs: number;
  readonly wallMs: number;
  readonly memoryBytes: number;
}

export async function runOurs(place: Workplace): Promise<Measured> {
  const state = mkdtempSync(join(place.directory, 'state-'));
  const environment = { ...process.env, LAZARET_STATE: state, LAZARET_RUN: join(state, 'run') };
  const argv = ['scan', '--json', '--patterns', place.patterns, place.tree];
  const ran = await watch(
    spawn(join(ROOT, 'lazaret'), argv, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const summary = JSON.parse(ran.stdout.trimEnd().split('\n').at(-1) ?? '') as { files: number; elapsedMs: number };
  expectFiles('ours', summary.files, place);
  rmSync(state, { recursive: true, force: true });
  return { scanMs: summary.elapsedMs, wallMs: ran.wallMs, memoryBytes: ran.memoryBytes };
}

export async function runBare(place: Workplace): Promise<Measured> {
  const child = spawn(join(ROOT, '.build/native/bin/bare-clamav'), [place.patterns, '2'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // As ours: a temporary place on tmpfs. On a disk the bare engine is slower by what the disk costs.
    env: { ...process.env, TMPDIR: '/dev/shm' },
  });
  child.stdin.end(place.files.join('\n'));
  const ran = await watch(child);
  const { files, elapsedMs } = JSON.parse(ran.stdout) as { files: number; elapsedMs: number };
  expectFiles('bare', files, place);
  return { scanMs: elapsedMs, wallMs: ran.wallMs, memoryBytes: ran.memoryBytes };
}

export async function runClamscan(place: Workplace): Promise<Measured> {
  const argv = [
    '--recursive',
    '--infected',
    '--max-filesize=400M',
    '--max-scansize=2000M',
    `--database=${place.patterns}`,
    place.tree,
  ];
  const ran = await watch(spawn('clamscan', argv, { stdio: ['ignore', 'pipe', 'inherit'] }));
  return { scanMs: ran.wallMs, wallMs: ran.wallMs, memoryBytes: ran.memoryBytes };
}

/** A new clamd each time: its cache is cold. The time is the client's; the memory is the daemon's. */
export async function runClamdscan(place: Workplace): Promise<Measured> {
  const socket = join(place.directory, 'clamd.sock');
  const configuration = join(place.directory, 'clamd.conf');
  writeFileSync(
    configuration,
    `LocalSocket ${socket}\nDatabaseDirectory ${place.patterns}\nForeground yes\nMaxThreads 2\nMaxFileSize 400M\nMaxScanSize 2000M\n`,
  );
  const daemon = spawn('clamd', ['--config-file', configuration], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(daemon, 'exit');
  await untilListening(socket);
  const memory = sampleMemory(daemon.pid ?? 0);
  const ran = await watch(
    spawn('clamdscan', ['-c', configuration, '--fdpass', '--multiscan', '--infected', place.tree], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const memoryBytes = memory();
  daemon.kill('SIGTERM');
  await ended;
  return { scanMs: ran.wallMs, wallMs: ran.wallMs, memoryBytes };
}

function expectFiles(name: string, files: number, place: Workplace): void {
  if (files !== place.files.length) throw new Error(`${name} scanned ${files} files of ${place.files.length}`);
}

async function watch(child: ChildProcess): Promise<{ stdout: string; wallMs: number; memoryBytes: number }> {
  const startedAt = performance.now();
  const memory = sampleMemory(child.pid ?? 0);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  await once(child, 'close');
  return { stdout, wallMs: performance.now() - startedAt, memoryBytes: memory() };
}

/** Samples a process and all below it; answers the highest sum so far, and ends. */
function sampleMemory(pid: number): () => number {
  let highest = 0;
  const timer = setInterval(() => {
    highest = Math.max(
      highest,
      family(pid).reduce((sum, one) => sum + memoryMiBOf(one) * 2 ** 20, 0),
    );
  }, 100);
  return () => {
    clearInterval(timer);
    return highest;
  };
}

async function untilListening(path: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const listens = await new Promise<boolean>((resolve) => {
      const socket = createConnection(path, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (listens) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('clamd did not come up');
}
