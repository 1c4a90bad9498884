// SPDX-License-Identifier: Apache-2.0
// The image, and a VM of it that is asleep: made once, by one process at a time, for all checkouts of this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildImage, CACHE, findAsleep, findImage, keepFresh, makeOverlay, type Asleep, type Image } from './image.ts';
import { isObject } from './json-lines.ts';
import { MACHINE, startQemu, type Qemu } from './qemu.ts';

export interface Prepared {
  readonly image: Image;
  readonly asleep: Asleep;
}

/** The agent is among the last that a boot starts; what is left then ends soon. */
const BOOT_MS = 600_000;
const SAVE_MS = 120_000;

/** Made first, where it is not there yet. */
export async function prepared(memoryMb: number): Promise<Prepared> {
  const image = findImage();
  const asleep = findAsleep(image, MACHINE, memoryMb);
  if (!existsSync(asleep.directory)) await prepare(memoryMb);
  return { image, asleep };
}

/** Waits for whoever makes it just now, in whatever checkout; makes what is not there then. The lock is flock's, so that it ends with its process. */
export async function prepare(memoryMb: number): Promise<void> {
  mkdirSync(CACHE, { recursive: true, mode: 0o755 });
  const main = join(import.meta.dirname, 'main.ts');
  const argv = [join(CACHE, 'lock'), process.execPath, main, 'make', '--memory', String(memoryMb)];
  const [code] = (await once(spawn('flock', argv, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')) as [number];
  if (code !== 0) throw new Error(`the lab's VM could not be made (${code})`);
}

/** By the process that holds the lock, and by no other. */
export async function make(memoryMb: number): Promise<void> {
  const image = findImage();
  if (!existsSync(image.directory)) timed('image', () => buildImage(image));
  const asleep = findAsleep(image, MACHINE, memoryMb);
  keepFresh(image, asleep, new Date());
  if (existsSync(asleep.directory)) return;
  const startedAt = performance.now();
  await putToSleep(image, asleep, memoryMb);
  tell('boot', startedAt);
}

async function putToSleep(image: Image, asleep: Asleep, memoryMb: number): Promise<void> {
  const place = mkdtempSync(join(CACHE, 'making-'));
  try {
    const disk = join(place, 'disk.qcow2');
    makeOverlay(disk, image.disk, 'qcow2');
    const qemu = await startQemu({ image, memoryMb, place, disk, console: join(place, 'console') });
    try {
      await qemu.guest.answers(BOOT_MS);
      await qemu.guest.run('systemctl is-system-running --wait; sync', { timeoutMs: BOOT_MS });
      qemu.guest.leave();
      await saveMemory(qemu, join(place, 'memory'));
      await qemu.monitor.request('quit', {}, SAVE_MS);
      await qemu.ended;
    } finally {
      await qemu.kill();
    }
    renameSync(place, asleep.directory);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function saveMemory({ monitor }: Qemu, path: string): Promise<void> {
  const ask = (execute: string, given = {}): Promise<unknown> => monitor.request(execute, given, SAVE_MS);
  await ask('stop');
  // Otherwise it keeps to what a network would bear.
  await ask('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 });
  await ask('migrate', { uri: `exec:cat > '${path}'` });
  for (;;) {
    const progress = await ask('query-migrate');
    const status = isObject(progress) ? progress['status'] : undefined;
    if (status === 'completed') return;
    if (status === 'failed') throw new Error(`the VM's memory could not be saved: ${JSON.stringify(progress)}`);
    await sleep(100);
  }
}

function timed(what: string, work: () => void): void {
  const startedAt = performance.now();
  work();
  tell(what, startedAt);
}

function tell(what: string, startedAt: number): void {
  console.error(`vm-lab: ${what} made in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}
