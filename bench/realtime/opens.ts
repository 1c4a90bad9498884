// SPDX-License-Identifier: Apache-2.0
// Opens, one by one: first, again where anybody may write the file (the gate's own cache), again where only root may (a mark in the kernel), four at a time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { OPENER_UID, type BenchPlace } from './place.ts';

export const SIZES = { '4 KiB': 4_096, '1 MiB': 2 ** 20, '4 MiB': 2 ** 22 } as const;
export type Size = keyof typeof SIZES;
const COUNTS: Readonly<Record<Size, number>> = { '4 KiB': 300, '1 MiB': 30, '4 MiB': 12 };

export interface Times {
  readonly medianUs: number;
  readonly p99Us: number;
  /** Opens in a second, all threads together. */
  readonly perSecond: number;
}

export interface SizeTimes {
  readonly first: Times;
  readonly again: Times;
  readonly againRootOnly: Times;
}

export interface OpenTimes {
  readonly sizes: Readonly<Record<Size, SizeTimes>>;
  /** 4 KiB, again, files that anybody may write. */
  readonly fourAtOnce: Times;
}

export interface Samples {
  readonly anybody: string;
  readonly rootOnly: string;
}

/** Files that nobody has opened yet, the same content for all: words of a text, so that no parser skips them. */
export function plant(place: BenchPlace, size: Size, name: string): Samples {
  const count = COUNTS[size];
  const lists = { anybody: join(place.beside, `${name}.anybody`), rootOnly: join(place.beside, `${name}.root`) };
  const directory = join(place.watched, name);
  const base = join(place.beside, `base-${SIZES[size]}`);
  writeFileSync(base, wordsOf(SIZES[size]));
  const copy = (kind: string, mode: string): string =>
    `mkdir ${directory}/${kind}; for n in $(seq ${count}); do cp ${base} ${directory}/${kind}/$n; echo $n >>${directory}/${kind}/$n; done; chmod ${mode} ${directory}/${kind}/*`;
  place.mounts.shell(`mkdir ${directory}; ${copy('anybody', '666')}; ${copy('root', '644')}; sync ${directory}`);
  writeFileSync(lists.anybody, listOf(join(directory, 'anybody'), count));
  writeFileSync(lists.rootOnly, listOf(join(directory, 'root'), count));
  return lists;
}

function listOf(directory: string, count: number): string {
  return Array.from({ length: count }, (_, index) => `${directory}/${index + 1}\n`).join('');
}

function wordsOf(bytes: number): string {
  const words = ['harbour', 'quarantine', 'ship', 'letter', 'island', 'physician', 'forty', 'days'];
  let at = 0;
  let line = '';
  while (line.length < bytes - 8) line += `${words[(at * at + 3 * at++) % words.length]} ${at % 97}\n`;
  return line.slice(0, bytes - 8);
}

export async function measureSize(
  place: BenchPlace,
  size: Size,
  { anybody, rootOnly }: Samples,
  againOpens: number,
): Promise<SizeTimes> {
  const rounds = Math.ceil(againOpens / COUNTS[size]);
  const first = await open(place, anybody, 1, 1);
  await open(place, rootOnly, 1, 1);
  // What the first open taught is settled before the second: a mark is set after the answer.
  await open(place, rootOnly, 1, 1);
  return { first, again: await open(place, anybody, 1, rounds), againRootOnly: await open(place, rootOnly, 1, rounds) };
}

export async function open(place: BenchPlace, list: string, threads: number, rounds: number): Promise<Times> {
  const user = ['setpriv', '--reuid', String(OPENER_UID), '--regid', String(OPENER_UID), '--clear-groups'] as const;
  const script = `exec ${user.join(' ')} ${place.openFiles} ${threads} ${rounds} <${list}`;
  const child = place.mounts.start('bash', '-c', script);
  const ended = once(child, 'exit');
  const said = await text(child.stdout ?? spawn('false').stdout);
  await ended;
  const { opens, failed, medianNs, p99Ns, elapsedNs } = JSON.parse(said) as Record<string, number>;
  if (failed !== 0 || opens === undefined) throw new Error(`${failed} of ${opens} opens failed`);
  return {
    medianUs: (medianNs ?? 0) / 1_000,
    p99Us: (p99Ns ?? 0) / 1_000,
    perSecond: (opens / (elapsedNs ?? 1)) * 1e9,
  };
}
