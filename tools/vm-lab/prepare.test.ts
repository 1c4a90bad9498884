// SPDX-License-Identifier: Apache-2.0
// Two checkouts that set up at once: one makes the lab's image, the other waits. Here all is made already, in a cache of the test's own.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, until } from '@lazaret/testkit';

const MEMORY_MB = 512;

interface Cache {
  readonly directory: string;
  /** Of the image; `prepare` says that it is in use. */
  readonly usedMs: () => number;
}

async function madeCache(t: Parameters<typeof temporaryDirectory>[0]): Promise<Cache> {
  const directory = temporaryDirectory(t);
  // Read when it is loaded.
  process.env['LAZARET_LAB_CACHE'] = directory;
  const { findAsleep, findImage } = await import('./image.ts');
  const { MACHINE } = await import('./qemu.ts');
  const image = findImage();
  mkdirSync(findAsleep(image, MACHINE, MEMORY_MB).directory, { recursive: true });
  utimesSync(image.directory, 1, 1);
  return { directory, usedMs: () => statSync(image.directory).mtimeMs };
}

/** Whoever makes it just now, in another checkout. */
async function holdLock(t: { after(work: () => void): void }, lock: string): Promise<ChildProcess> {
  const holder = spawn('flock', [lock, 'sh', '-c', 'echo held; read _'], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => holder.stdin.end());
  await once(holder.stdout, 'data');
  return holder;
}

/** By the kernel's list: a line that begins with `->` is somebody who waits. */
const isWaitedFor = (lock: string): boolean =>
  readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .some((line) => line.includes('-> FLOCK') && line.includes(`:${statSync(lock).ino} `));

test('prepare waits for whoever makes the image, and touches nothing meanwhile', { timeout: 120_000 }, async (t) => {
  const { directory, usedMs } = await madeCache(t);
  const lock = join(directory, 'lock');
  const holder = await holdLock(t, lock);
  const main = join(import.meta.dirname, 'main.ts');
  const mine = spawn(process.execPath, [main, 'prepare', '--memory', String(MEMORY_MB)], { stdio: 'inherit' });
  const ended = once(mine, 'exit');
  await until(() => mine.exitCode !== null || isWaitedFor(lock), 'it waits');
  assert.deepEqual([mine.exitCode, usedMs()], [null, 1_000]);
  holder.stdin?.end();
  assert.deepEqual(await ended, [0, null]);
  assert.ok(usedMs() > 1_000, 'then it is prepared');
});
