// SPDX-License-Identifier: Apache-2.0
// Four users of the machine that keep the scan process as busy as they can: by slow files, over the clamd socket, by poisonous images, by many files. Owns
// their processes and files.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeZip } from '@lazaret/testkit';
import { isoImage, isoRecord } from '../../tests/scanner/archives/iso-images.ts';
import type { BenchPlace } from './place.ts';

const ROOT = join(import.meta.dirname, '../..');
const OPENERS = join(ROOT, '.build/native/bin/gate-openers');
const CLAMD_FLOOD = join(ROOT, 'e2e/programs/clamd-flood.py');
/** What is measured is what they make us do: 450 threads that only spin would take the processors with nobody watching, too. */
const PAUSE_MS = 100;
/** Nobody of them outlives this, whatever happens to us. */
const LONGEST_S = 300;

export interface Hostile {
  readonly slow: readonly string[];
  readonly poisonous: readonly string[];
  readonly small: readonly string[];
}

/** Many members, each costly and none the same. */
function slowArchive(): Buffer {
  const text = '<script>document.write(unescape("%41"))</script>\n'.repeat(20_000);
  return makeZip(
    Array.from({ length: 250 }, (_, index) => ({ name: `${index}.html`, content: Buffer.from(`${index} ${text}`) })),
  );
}

/** Each file with another end: no two have one content. */
export function plantHostile(place: BenchPlace): Hostile {
  const directory = join(place.watched, 'hostile');
  const from = join(place.beside, 'hostile');
  mkdirSync(from);
  const archive = slowArchive();
  const self = isoRecord('SELF', { block: 18, bytes: 2_048, folder: true });
  const image = isoImage([{ records: [self] }]);
  const write = (kind: string, count: number, content: Buffer): readonly string[] =>
    Array.from({ length: count }, (_, index) => {
      writeFileSync(join(from, `${kind}${index}`), Buffer.concat([content, Buffer.alloc(index + 1, index)]));
      return join(directory, `${kind}${index}`);
    });
  const hostile = {
    slow: write('slow', 30, archive),
    poisonous: write('poison', 50, image),
    small: write('small', 2_000, Buffer.from('small ')),
  };
  place.mounts.shell(`cp -r ${from} ${directory}; chmod 755 ${directory}; chmod 644 ${directory}/*`);
  return hostile;
}

export function asUser(uid: number): readonly [string, ...string[]] {
  return ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
}

/** Opens as this user until it is ended, or for `ms`; each thread rests for `pauseMs` after each. */
export function openerOf(
  place: BenchPlace,
  uid: number,
  threads: number,
  ms: number,
  files: readonly string[],
  pauseMs = 0,
): ChildProcess {
  const [program, ...user] = asUser(uid);
  const argv = ['timeout', '-s', 'KILL', String(LONGEST_S), copyOf(place, OPENERS), '--threads', String(threads)];
  return place.mounts.start(program, ...user, ...argv, '--ms', String(ms), '--pause-ms', String(pauseMs), ...files);
}

/** `clamdSocket`: absent where nobody listens. While `work` runs, they do their worst. */
export async function amid<T>(
  place: BenchPlace,
  { slow, poisonous, small }: Hostile,
  clamdSocket: string | null,
  work: () => Promise<T>,
): Promise<T> {
  const opener = (uid: number, threads: number, files: readonly string[]): ChildProcess =>
    openerOf(place, uid, threads, LONGEST_S * 1_000, files, PAUSE_MS);
  const all = [
    opener(1_001, 300, slow.slice(0, 20)),
    opener(1_003, 100, poisonous),
    opener(1_004, 50, small),
    ...(clamdSocket === null ? [] : [clamdFlood(place, clamdSocket, slow.slice(20))]),
  ];
  for (const child of all) child.stdout?.resume();
  try {
    return await work();
  } finally {
    await Promise.all(all.map(end));
  }
}

function clamdFlood(place: BenchPlace, socket: string, paths: readonly string[]): ChildProcess {
  const [program, ...user] = asUser(1_002);
  const argv = ['timeout', '-s', 'KILL', String(LONGEST_S), '/usr/bin/python3', copyOf(place, CLAMD_FLOOD), socket];
  return place.mounts.start(program, ...user, ...argv, String(LONGEST_S), '40', ...paths);
}

/** Where every user may read it. */
function copyOf(place: BenchPlace, program: string): string {
  const copy = join(place.beside, program.split('/').at(-1) ?? '');
  if (!existsSync(copy)) copyFileSync(program, copy);
  chmodSync(copy, 0o755);
  return copy;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
