// SPDX-License-Identifier: Apache-2.0
// For browser tests: a manager program that nobody has set up yet, with its own PostgreSQL, and its one-time link. Owns both and ends both.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@lazaret/testkit';
import { until } from './product.ts';
import { ROOT } from './places.ts';

const MANAGER = join(ROOT, 'apps/manager/src/main.ts');

export interface FreshManager {
  readonly url: string;
  readonly setupUrl: string;
}

interface Test {
  after(work: () => void | Promise<void>): void;
}

export async function startFreshManager(test: Test): Promise<FreshManager> {
  const state = mkdtempSync(join(tmpdir(), 'lazaret-console-'));
  // Its database's user must get through.
  chmodSync(state, 0o711);
  const link = await freePort();
  const argv = ['--port', String(await freePort()), '--link-port', String(link), '--link-host', '127.0.0.1'];
  const child = spawn(process.execPath, [MANAGER, ...argv, '--agents-address', '127.0.0.1'], {
    env: { ...process.env, LAZARET_MANAGER_STATE: join(state, 'm'), LAZARET_MANAGER_RUN: join(state, 'r') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  test.after(() => end(child, state));
  const log: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => log.push(line));
  await until(() => {
    if (child.exitCode !== null) throw new Error(`the manager ended: ${log.slice(-5).join('\n')}`);
    return Promise.resolve(log.some((line) => line.includes('the manager serves')));
  }, 'the manager serves');
  const line = log.find((text) => text.includes('setupUrl')) ?? '{}';
  const { setupUrl } = JSON.parse(line) as { readonly setupUrl: string };
  return { url: new URL(setupUrl).origin, setupUrl };
}

async function end(child: ChildProcess, state: string): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await ended;
  try {
    process.kill(Number(readFileSync(join(state, 'm/postgres/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT');
  } catch {
    // It has ended.
  }
  rmSync(state, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
}
