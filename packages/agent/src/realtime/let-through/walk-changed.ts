// SPDX-License-Identifier: Apache-2.0
// Finds what changed in a gap (RT-9d): real-time was down, the kernel's queue overflowed, or a gate died. It walks the watched places and scans each file whose
// inode changed since then. If a folder itself was moved since then, everything in it is scanned, because its files have no newer times. It owns its walks and
// the files that it opens.
import { availableParallelism } from 'node:os';
import { pathTextFromBytes } from '@lazaret/core';
import type { Host, OpenFile, WalkEntry } from '@lazaret/host/ports';
import type { Clock } from '@lazaret/platform';
import type { Scope } from '../../scan/index.ts';
import { workQueue } from './work-queue.ts';

export interface ChangedFile {
  readonly path: Buffer;
  readonly opened: OpenFile;
  readonly decidedBy: string;
}

export interface ChangedWalk {
  readonly files: Host['files'];
  readonly scope: Scope;
  readonly ownDirectories: readonly string[];
  /** Ms since 1970. */
  readonly sinceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Closes the file. False: it could not be scanned. */
  readonly look: (file: ChangedFile) => Promise<boolean>;
}

/** `cut`: it was ended before everything was looked at. `failed`: files that could not be scanned. */
export interface Walked {
  readonly looked: number;
  readonly excepted: number;
  readonly failed: number;
  readonly cut: boolean;
}

/** File systems keep times by the tick of a coarse clock, some by two seconds. */
const MARGIN_MS = 3_000;
/** What was not reached by then is looked for again at the next start. */
const WALK_MS_MAX = 3_600_000;
const OPEN_AT_ONCE = 64;

export async function walkChanged(walk: ChangedWalk): Promise<Walked> {
  const endMs = walk.clock.monotonicMs() + WALK_MS_MAX;
  const sinceNs = BigInt(Math.trunc(walk.sinceMs - MARGIN_MS)) * 1_000_000n;
  const room = makeRoom();
  const counts = { looked: 0, excepted: 0, failed: 0, cut: false };
  const queue = workQueue({
    atOnceMax: availableParallelism() + 1,
    waitingMax: OPEN_AT_ONCE * 2,
    work: async (file: ChangedFile) => {
      if (!(await walk.look(file))) counts.failed += 1;
    },
    onRoom: room.tell,
  });
  for (const root of walk.scope.roots) {
    for await (const batch of changedFiles(root, sinceNs, walk)) {
      if (walk.signal.aborted || walk.clock.monotonicMs() > endMs) {
        counts.cut = true;
        break;
      }
      for (const file of await openSelected(batch, walk, counts)) {
        while (!queue.push(file)) await room.wait();
        counts.looked += 1;
      }
    }
  }
  while (queue.size() > 0) await room.wait();
  return counts;
}

/** Waits for the next job to end. */
function makeRoom(): { readonly tell: () => void; readonly wait: () => Promise<void> } {
  let next = Promise.withResolvers<void>();
  return {
    tell: () => {
      next.resolve();
      next = Promise.withResolvers();
    },
    wait: () => next.promise,
  };
}

type File = Extract<WalkEntry, { type: Exclude<WalkEntry['type'], 'mount'> }>;

async function* changedFiles(
  root: Scope['roots'][number],
  sinceNs: bigint,
  { files, ownDirectories }: ChangedWalk,
): AsyncGenerator<readonly File[]> {
  const walk = files.walk({
    root: root.path,
    subdirectories: root.subdirectories,
    crossFileSystemTypes: root.crossFileSystemTypes,
    prune: ownDirectories.map((directory) => Buffer.from(directory)),
  });
  const isNew = newerThan(sinceNs);
  try {
    for (let batch = await walk.next(); batch !== null; batch = await walk.next()) {
      yield batch.filter((entry): entry is File => isNew(entry) && entry.type === 'regular' && entry.error === null);
    }
  } finally {
    walk.close();
  }
}

/** For entries in walk order, parents before what lies in them. */
function newerThan(sinceNs: bigint): (entry: WalkEntry) => boolean {
  let moved: Buffer | null = null;
  return (entry) => {
    if (moved !== null && !isBelow(entry.path, moved)) moved = null;
    if (moved !== null) return true;
    const { ctimeNs, mtimeNs } = entry.identity;
    // New entries change both times of a folder together; a rename of the folder itself changes only the one.
    if (entry.type === 'directory' && ctimeNs >= sinceNs && ctimeNs !== mtimeNs) moved = entry.path;
    return ctimeNs >= sinceNs || mtimeNs >= sinceNs;
  };
}

function isBelow(path: Buffer, directory: Buffer): boolean {
  const { length } = directory;
  if (path.length <= length || !path.subarray(0, length).equals(directory)) return false;
  return directory[length - 1] === 0x2f || path[length] === 0x2f;
}

async function openSelected(
  batch: readonly File[],
  { files, scope }: ChangedWalk,
  counts: { excepted: number },
): Promise<readonly ChangedFile[]> {
  const wanted = batch.flatMap(({ path, identity }) => {
    const text = pathTextFromBytes(path);
    const selected = scope.select({ kind: 'regular', cursor: { root: 0, path }, text, identity });
    if (selected.kind === 'excepted') counts.excepted += 1;
    return selected.kind === 'scan' ? [{ path, decidedBy: selected.decidedBy }] : [];
  });
  const answers = await files.openForScan(wanted, { noSymlinks: true });
  return answers.flatMap((answer, index) => {
    const file = wanted[index];
    if (file === undefined) return answer.opened ? (answer.file.close(), []) : [];
    return answer.opened ? [{ ...file, opened: answer.file }] : [];
  });
}
