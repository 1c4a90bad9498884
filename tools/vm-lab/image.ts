// SPDX-License-Identifier: Apache-2.0
// Where the lab keeps what all checkouts of this machine share: images, each under the hash of what it was made by, and in an image the VMs that were
// put to sleep after their boot. Nothing here changes once it is there, and all of it can be removed when no test runs: it is made again.
import { createHash, type Hash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

export const CACHE = process.env['LAZARET_LAB_CACHE'] ?? '/var/cache/lazaret-lab';
const RECIPE = join(import.meta.dirname, 'recipe');
const UNUSED_DAYS_MAX = 14;
/** No VM lives so long: whoever should have removed it has gone, and whoever watched over that. */
const LEFT_DAYS_MAX = 1;
const BUILD_SECONDS_MAX = 1_800;

export interface Image {
  readonly directory: string;
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

/** A VM just after its boot: its disk, and its memory as a file. */
export interface Asleep {
  readonly directory: string;
  readonly disk: string;
  readonly memory: string;
}

/** Of the recipe alone. */
export function findImage(): Image {
  const hash = createHash('sha256');
  for (const name of readdirSync(RECIPE).toSorted()) hash.update(readFileSync(join(RECIPE, name)));
  const directory = join(CACHE, `debian-12-${short(hash)}`);
  const [disk, kernel, initrd] = ['disk.qcow2', 'kernel', 'initrd'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  return { directory, disk, kernel, initrd };
}

/** QEMU may not wake up what another version of it, or the same called in another way, put to sleep. */
export function findAsleep({ directory: image }: Image, machine: readonly string[], memoryMb: number): Asleep {
  const version = execFileSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' });
  const hash = createHash('sha256').update([version, ...machine].join(' '));
  const directory = join(image, `asleep-${memoryMb}-${short(hash)}`);
  return { directory, disk: join(directory, 'disk.qcow2'), memory: join(directory, 'memory') };
}

function short(hash: Hash): string {
  return hash.digest('hex').slice(0, 16);
}

/**
 * Two to three minutes. When its time is over, so are the programs that it started: timeout(1) ends them with it. What they mounted in its tree ends with
 * them, too: whoever removes what one left that was killed must not meet this machine's /dev there.
 */
export function buildImage({ directory }: Image): void {
  const build = ['timeout', '--kill-after=10', String(BUILD_SECONDS_MAX), join(RECIPE, 'build-image.sh'), directory];
  execFileSync('unshare', ['--mount', ...build], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** A disk that begins as another, which stays as it is. */
export function makeOverlay(disk: string, of: string, format: 'qcow2' | 'raw'): void {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', format, '-b', of, disk]);
}

/** Says what is in use; removes what nothing used for long, and what VMs and their making left that nobody could remove. */
export function keepFresh(image: Image, asleep: Asleep, now: Date): void {
  for (const { directory } of [image, asleep]) if (existsSync(directory)) utimesSync(directory, now, now);
  removeOld(CACHE, /^debian-/, UNUSED_DAYS_MAX, now);
  removeOld(image.directory, /^asleep-/, UNUSED_DAYS_MAX, now);
  removeOld(CACHE, /^(vm|making)-/, LEFT_DAYS_MAX, now);
}

export function removeOld(place: string, names: RegExp, daysMax: number, now: Date): void {
  for (const name of readdirSync(place).filter((one) => names.test(one))) {
    const path = join(place, name);
    // Somebody else may have removed it meanwhile.
    const unusedDays =
      (now.getTime() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime())) / 86_400_000;
    if (unusedDays > daysMax) rmSync(path, { recursive: true, force: true });
  }
}
