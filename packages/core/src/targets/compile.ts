// SPDX-License-Identifier: Apache-2.0
// A scope made ready for a walk (RT-2, RT-3, LM-8): one decision for each directory, one look-up for each name in it. Facts about the VM –
// what exists, what a link means, which file system – are handed in; nothing here asks a disk.
import type { OperatingSystem } from '../actions/action.ts';
import { formatPointer } from '../text/json-pointer.ts';
import { canonicalPath, isInside, nameOf, parentOf } from '../text/paths.ts';
import type { DirectoryScope, FileScope, ScanKind, ScanSettings } from '../policy/policy.ts';
import { compileExtensions } from './extension.ts';
import { type FileSystemClass, isNetworkClass } from './file-systems.ts';
import { compileIntelliScan, type IntelliScan, type IntelliScanLists, type TypeRule } from './intelliscan.ts';

/** What the VM knows of one entry of a directory list, by its place in the list. */
export interface EntryFacts {
  readonly exists: boolean;
  /** Where the entry leads when links are followed (RT-2f); the entry's own path when it is none, or does not exist. */
  readonly target: string;
  /** Null while it does not exist. */
  readonly fileSystem: FileSystemClass | null;
}

export interface TargetFacts {
  readonly operatingSystem: OperatingSystem;
  /** One for each entry of the list; may be empty for *all directories*. */
  readonly entries: readonly EntryFacts[];
  /** Vault and state of our own: never scanned (RT-2c). */
  readonly ownDirectories: readonly string[];
  readonly intelliScan: IntelliScanLists;
}

export const TARGET_REASONS = [
  'all',
  'listed',
  'not-listed',
  'vault',
  'pseudo',
  'network',
  'extension',
  'no-extension-listed',
  'content',
] as const;
export type TargetReason = (typeof TARGET_REASONS)[number];

/** `decidedBy`: JSON pointer of the scope rule in the policy. */
export interface DirectoryDecision {
  /** Whether the directory's own files are in the directory scope. */
  readonly files: boolean;
  /** Whether anything beneath can be. */
  readonly descend: boolean;
  readonly decidedBy: string;
  readonly why: TargetReason;
}

/** `byContent`: in scope if the scanner finds a true type of the rule; `nameListed` goes to it. */
export interface NameDecision {
  readonly inScope: boolean;
  readonly byContent: boolean;
  readonly nameListed: boolean;
  readonly decidedBy: string;
  readonly why: TargetReason;
}

export interface PathFacts {
  readonly path: string;
  readonly fileSystem: FileSystemClass;
}

export interface TargetDecision {
  readonly inScope: boolean;
  readonly byContent: boolean;
  readonly nameListed: boolean;
  readonly decidedBy: string;
  readonly why: TargetReason;
}

/** What is not as it was set, said once at the start of a run; no fault. */
export interface TargetWarning {
  readonly code: 'targets.missing' | 'targets.not_covered';
  readonly path: string;
  readonly message: string;
}

export interface Targets {
  readonly warnings: readonly TargetWarning[];
  /** What the scanner compares true types with, or null where names decide. */
  readonly typeRule: TypeRule | null;
  /** For a walk: once for each directory, before it is read. */
  forDirectory(path: string, fileSystem: FileSystemClass): DirectoryDecision;
  /** For each regular file of a directory whose `files` is true. */
  forName(name: string): NameDecision;
  /** For a single path (`explain`, real-time): both together. */
  decide(facts: PathFacts): TargetDecision;
  /** Places where a walk begins: the roots of the list, or `/`. Nested ones are left to the outer. */
  readonly roots: readonly string[];
}

export interface ListEntry {
  readonly index: number;
  readonly subdirectories: boolean;
  readonly target: string;
}

/** A directory list that is ready, by canonical target. */
export interface ListIndex {
  readonly byPath: ReadonlyMap<string, ListEntry>;
  /** Directories that lead to an entry. */
  readonly ancestors: ReadonlySet<string>;
}

export function compileTargets(kind: ScanKind, settings: ScanSettings, facts: TargetFacts): Targets {
  const { operatingSystem } = facts;
  const own = facts.ownDirectories.map((directory) => canonicalPath(directory, operatingSystem));
  const list = settings.directories.kind === 'list' ? indexDirectoryList(settings.directories, facts) : null;
  const pointer = formatPointer([kind, 'directories']);
  const intelliScan = settings.files.kind === 'intelliscan' ? compileIntelliScan(facts.intelliScan) : null;
  const forName = compileNames(settings.files, formatPointer([kind, 'files']), intelliScan);
  const forDirectory = (path: string, fileSystem: FileSystemClass): DirectoryDecision =>
    decideDirectory(canonicalPath(path, operatingSystem), fileSystem, own, list, pointer);
  return {
    warnings: findWarnings(kind, settings.directories, facts),
    typeRule: intelliScan?.typeRule ?? null,
    forDirectory,
    forName,
    decide: ({ path, fileSystem }) => {
      const canonical = canonicalPath(path, operatingSystem);
      const { files, decidedBy, why } = forDirectory(parentOf(canonical), fileSystem);
      if (!files) return { inScope: false, byContent: false, nameListed: false, decidedBy, why };
      const name = forName(nameOf(canonical));
      // Where every name is in scope, the directory is what decided.
      return settings.files.kind === 'all' ? { ...name, decidedBy, why } : name;
    },
    roots: list === null ? ['/'] : rootsOf(list),
  };
}

/** Safe value first: what must never be scanned is decided before what was asked for. */
function decideDirectory(
  path: string,
  fileSystem: FileSystemClass,
  own: readonly string[],
  list: ListIndex | null,
  pointer: string,
): DirectoryDecision {
  if (own.some((directory) => isInside(path, directory))) return leave(pointer, 'vault');
  if (isNetworkClass(fileSystem)) return leave(pointer, 'network');
  if (fileSystem === 'pseudo') return leave(pointer, 'pseudo');
  if (list === null) return { files: true, descend: true, decidedBy: pointer, why: 'all' };
  const entry = findEntry(list, path);
  if (entry === null) return { files: false, descend: list.ancestors.has(path), decidedBy: pointer, why: 'not-listed' };
  const descend = entry.subdirectories || list.ancestors.has(path);
  return { files: true, descend, decidedBy: `${pointer}/entries/${entry.index}`, why: 'listed' };
}

function leave(decidedBy: string, why: TargetReason): DirectoryDecision {
  // Something local may be mounted beneath a pseudo or network file system; the walk asks again for each mount.
  return { files: false, descend: false, decidedBy, why };
}

/** The entry that holds a directory: itself, else the nearest above that goes into its sub-directories. */
function findEntry(list: ListIndex, path: string): ListEntry | null {
  const self = list.byPath.get(path);
  if (self !== undefined) return self;
  for (let at = path; at !== '/'; ) {
    at = parentOf(at);
    const entry = list.byPath.get(at);
    if (entry?.subdirectories === true) return entry;
  }
  return null;
}

/** The list by what its entries mean on this VM (RT-2e, RT-2f); real-time's compiled rules are made of it too. */
export function indexDirectoryList(
  scope: Extract<DirectoryScope, { kind: 'list' }>,
  facts: Pick<TargetFacts, 'entries' | 'operatingSystem'>,
): ListIndex {
  const byPath = new Map<string, ListEntry>();
  const ancestors = new Set<string>();
  for (const [index, { path, subdirectories }] of scope.entries.entries()) {
    const target = facts.entries[index]?.target ?? path;
    const canonical = canonicalPath(target, facts.operatingSystem);
    const known = byPath.get(canonical);
    // The same place twice: the wider of the two counts, and is named.
    if (known === undefined || (!known.subdirectories && subdirectories)) {
      byPath.set(canonical, { index, subdirectories, target });
    }
    for (let at = canonical; at !== '/'; ) {
      at = parentOf(at);
      ancestors.add(at);
    }
  }
  return { byPath, ancestors };
}

/** Entries that no other entry reaches anyway. */
function rootsOf(list: ListIndex): readonly string[] {
  const outer = [...list.byPath].filter(
    ([path]) => path === '/' || findEntry(list, parentOf(path))?.subdirectories !== true,
  );
  return outer.map(([, { target }]) => target);
}

function findWarnings(kind: ScanKind, scope: DirectoryScope, facts: TargetFacts): readonly TargetWarning[] {
  if (scope.kind === 'all') return [];
  return scope.entries.flatMap((entry, index): readonly TargetWarning[] => {
    const { exists, fileSystem } = facts.entries[index] ?? { exists: false, fileSystem: null };
    const path = formatPointer([kind, 'directories', 'entries', index]);
    if (!exists) {
      const message = `${entry.path} does not exist. It is scanned when it is created.`;
      return [{ code: 'targets.missing', path, message }];
    }
    if (fileSystem === null || fileSystem === 'local') return [];
    const what = isNetworkClass(fileSystem) ? 'a network' : 'a pseudo';
    return [
      { code: 'targets.not_covered', path, message: `${entry.path} is on ${what} file system and is not covered.` },
    ];
  });
}

function compileNames(
  scope: FileScope,
  pointer: string,
  intelliScan: IntelliScan | null,
): (name: string) => NameDecision {
  const plain = { byContent: false, nameListed: false };
  if (intelliScan !== null) {
    return (name) => ({
      inScope: true,
      byContent: true,
      nameListed: intelliScan.nameListed(name),
      decidedBy: pointer,
      why: 'content',
    });
  }
  if (scope.kind !== 'extensions') {
    const all: NameDecision = { ...plain, inScope: true, decidedBy: pointer, why: 'all' };
    return () => all;
  }
  const extensions = compileExtensions(scope.extensions);
  return (name) => {
    const index = extensions.find(name);
    return index === null
      ? { ...plain, inScope: false, decidedBy: pointer, why: 'no-extension-listed' }
      : { ...plain, inScope: true, decidedBy: `${pointer}/extensions/${index}`, why: 'extension' };
  };
}
