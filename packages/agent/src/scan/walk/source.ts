// SPDX-License-Identifier: Apache-2.0
// Walks the roots of a run in a fixed order, and classifies each thing that it finds for the scan. It owns the walks.
import type { PathText } from '../words.ts';
import type { FileIdentity, FileSystemClass, Host, WalkEntry } from '@lazaret/host/ports';
import { pathTextFromBytes } from '@lazaret/core';

export interface Root {
  readonly path: Buffer;
  readonly subdirectories: boolean;
  /** Types of file systems that are entered below the root; empty = its own alone. */
  readonly crossFileSystemTypes: readonly string[];
  /** Only what changed since then (ms since 1970, by ctime) is told; absent = everything. */
  readonly changedSinceMs?: number;
  /** Directories of this root that are not entered. */
  readonly prune?: readonly Buffer[];
}

/** Where a run stands: everything up to this path, in walk order, is done. */
export interface Cursor {
  readonly root: number;
  readonly path: Buffer;
}

export type Found =
  | { readonly kind: 'regular'; readonly cursor: Cursor; readonly text: PathText; readonly identity: FileIdentity }
  | { readonly kind: 'special'; readonly cursor: Cursor; readonly text: PathText }
  | { readonly kind: 'unreadable'; readonly cursor: Cursor; readonly text: PathText; readonly error: string }
  | {
      readonly kind: 'mount';
      readonly cursor: Cursor;
      readonly text: PathText;
      readonly fileSystemType: string;
      readonly class: FileSystemClass;
    };

export interface SourceOptions {
  readonly files: Host['files'];
  readonly roots: readonly Root[];
  readonly from: Cursor | null;
  /** Directories that are not entered: the vault, and excepted ones that nobody counts. */
  readonly prune: readonly Buffer[];
  readonly classify: (fileSystemType: string) => FileSystemClass;
}

export async function* findFiles(options: SourceOptions): AsyncGenerator<readonly Found[]> {
  const first = options.from?.root ?? 0;
  for (const [index, root] of options.roots.entries()) {
    if (index < first) continue;
    const cursor = index === first ? options.from?.path : undefined;
    yield* walkRoot(root, index, cursor, options);
  }
}

async function* walkRoot(
  root: Root,
  index: number,
  cursor: Buffer | undefined,
  options: SourceOptions,
): AsyncGenerator<readonly Found[]> {
  const walk = options.files.walk({
    root: root.path,
    prune: [...options.prune, ...(root.prune ?? [])],
    subdirectories: root.subdirectories,
    crossFileSystemTypes: root.crossFileSystemTypes,
    ...(cursor === undefined ? {} : { cursor }),
  });
  try {
    for (let batch = await walk.next(); batch !== null; batch = await walk.next()) {
      yield batch.flatMap((entry) => (isNew(entry, root) ? (interpret(entry, index, options) ?? []) : []));
    }
  } finally {
    walk.close();
  }
}

function isNew(entry: WalkEntry, { changedSinceMs }: Root): boolean {
  return (
    changedSinceMs === undefined ||
    (entry.type === 'regular' && Number(entry.identity.ctimeNs / 1_000_000n) >= changedSinceMs)
  );
}

function interpret(entry: WalkEntry, root: number, options: SourceOptions): Found | null {
  const place = { cursor: { root, path: entry.path }, text: pathTextFromBytes(entry.path) };
  if (entry.type === 'mount') return interpretMount(entry, place, options);
  if (entry.error === 'ENOENT') return null; // gone while we walked: nothing is there to look at
  if (entry.error !== null) return { kind: 'unreadable', ...place, error: entry.error };
  switch (entry.type) {
    case 'regular':
      return { kind: 'regular', ...place, identity: entry.identity };
    case 'fifo':
    case 'socket':
    case 'character-device':
    case 'block-device':
      return { kind: 'special', ...place };
    case 'directory':
    case 'symlink':
    case 'unknown':
      return null;
  }
}

function interpretMount(
  entry: Extract<WalkEntry, { type: 'mount' }>,
  place: Pick<Found, 'cursor' | 'text'>,
  options: SourceOptions,
): Found | null {
  if (entry.decision !== 'not-allowed') return null;
  const { fileSystemType } = entry;
  return { kind: 'mount', ...place, fileSystemType, class: options.classify(fileSystemType) };
}
