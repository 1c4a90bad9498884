// SPDX-License-Identifier: Apache-2.0
// Puts releases in force: loaded beside the old one, self-tested, switched, else the old one stays (PF-4). Owns neither engine
// nor store; it says in which order they are asked, so that what the store calls active is what the engine has loaded.
import { basename } from 'node:path';
import { LazaretError } from '@lazaret/core';
import {
  badFilesOf,
  givenSource,
  isDefault,
  isDefaultWithClamav,
  isOfFiles,
  isVerdictOnPatterns,
  proofOf,
  starterSource,
  starterWithClamavSource,
  wayBack,
  type LeftOutFile,
  type ReleaseContents,
} from '@lazaret/patterns';
import type { Clock } from '@lazaret/platform';
import type { Engine } from '../engine/index.ts';
import { withCanaries } from '@lazaret/host';
import {
  forgetImport,
  hasClamav,
  hasNews,
  readRefusal,
  recordImport,
  stampOf,
  type DefaultSources,
} from './default-sources.ts';
import { listPatternDirectory } from './pattern-directory.ts';
import type { Release, ReleaseStore } from './release-store.ts';

export interface LoadOptions {
  /** Files of the directory that the engine refuses stay away, each with its reason in the manifest; else one refuses the whole. */
  readonly skipBad?: boolean | undefined;
}

export interface ReleaseLoader {
  /** Loads the active release; makes one of the default sources where there is none, or where those have changed. */
  loadActive(): Promise<Release>;
  /** Loads what has changed at the default sources since; the active release when nothing has (PF-1). Rejects while the database there is a refused one. */
  refresh(): Promise<Release>;
  /** Makes a release of a directory and the starter set (its tables, and EICAR for the self-test), and puts it in force. */
  load(directory: string, options?: LoadOptions): Promise<Release>;
  /** Puts a release in force that was brought to `directory`, as its manifest names it. */
  adopt(offered: ReleaseContents, directory: string): Promise<Release>;
  /** Puts the release before this one in force again. */
  rollback(): Promise<Release>;
}

export interface LoaderParts extends DefaultSources {
  readonly store: ReleaseStore;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly onProblem: (error: LazaretError) => void;
}

export function releaseLoader(parts: LoaderParts): ReleaseLoader {
  const { store } = parts;
  const inTurn = oneAfterTheOther();
  return {
    loadActive: () => inTurn(() => loadActive(parts)),
    refresh: () => inTurn(() => refresh(parts)),
    load: (directory, { skipBad = false } = {}) =>
      inTurn(() => (skipBad ? loadWithoutBad(parts, directory) : loadGiven(parts, directory, []))),
    adopt: (offered, directory) => inTurn(async () => putInForce(parts, await parts.store.adopt(offered, directory))),
    rollback: () => inTurn(async () => putInForce(parts, wayBack(store.previous()))),
  };
}

/** A person's load and the hourly look can meet; what the store calls active must be what the engine loaded last. */
function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}

async function loadGiven(parts: LoaderParts, directory: string, leftOut: readonly LeftOutFile[]): Promise<Release> {
  const source = givenSource(directory, basename(directory), parts);
  return putInForce(parts, await parts.store.importFrom(source, isoNow(parts), leftOut));
}

/** Again and again without what the engine names: it stops at the first bad file of ClamAV's, and there are no more rounds than files. */
async function loadWithoutBad(parts: LoaderParts, directory: string): Promise<Release> {
  const leftOut = new Map<string, string>();
  for (let last: unknown = null; ; ) {
    try {
      return await loadGiven(
        parts,
        directory,
        Array.from(leftOut, ([name, reason]) => ({ name, reason })),
      );
    } catch (error) {
      // Nothing is left: why the last of them was refused says more.
      if (last !== null && error instanceof LazaretError && error.code === 'patterns.empty') throw last;
      const listed = isOfFiles(error) ? listPatternDirectory(directory) : [];
      const bad = badFilesOf(error, listed).filter(({ name }) => !leftOut.has(name));
      if (bad.length === 0) throw error;
      last = error;
      for (const { name, reason } of bad) leftOut.set(name, reason);
    }
  }
}

/** A release that can no longer be loaded (a damaged disk) must not leave the VM without patterns: the one before, or the sources again. */
async function loadActive(parts: LoaderParts): Promise<Release> {
  const active = parts.store.active();
  if (active === null || hasNews(parts, active.manifest)) return (await loadDefault(parts, false)).release;
  const loaded = await tryInForce(parts, active);
  if (loaded !== null) return loaded;
  const previous = isDefault(parts, active.manifest) ? null : parts.store.previous();
  const before = previous === null ? null : await tryInForce(parts, previous);
  return before ?? (await loadDefault(parts, false)).release;
}

async function refresh(parts: LoaderParts): Promise<Release> {
  const active = parts.store.active();
  if (active === null || hasNews(parts, active.manifest)) {
    const { release, refused } = await loadDefault(parts, true);
    if (refused !== null) throw refused;
    return release;
  }
  const refused = isDefault(parts, active.manifest) ? readRefusal(parts) : null;
  // PF-4c: it stays told as long as it lies there.
  if (refused !== null) throw refused;
  return active;
}

interface DefaultLoaded {
  readonly release: Release;
  /** Why the ClamAV database, as it is now, is not in it. */
  readonly refused: LazaretError | null;
}

/** The ClamAV database is somebody else's: one that is refused takes nothing away (PF-4c). What was made of the one before goes on, else the starter set. */
async function loadDefault(parts: LoaderParts, isLoaded: boolean): Promise<DefaultLoaded> {
  const stamp = stampOf(parts);
  const { release: made, refused } = hasClamav(parts) ? await tryClamav(parts) : { release: null, refused: null };
  const kept = refused === null ? null : await keepWithClamav(parts, isLoaded);
  const release = made ?? kept ?? (await loadStarter(parts));
  if (refused === null || isVerdictOnPatterns(refused)) recordImport(parts, stamp, refused);
  else forgetImport(parts);
  return { release, refused };
}

async function tryClamav(
  parts: LoaderParts,
): Promise<{ readonly release: Release | null; readonly refused: LazaretError | null }> {
  try {
    const imported = await parts.store.importFrom(starterWithClamavSource(parts), isoNow(parts));
    return { release: await putInForce(parts, imported), refused: null };
  } catch (error) {
    return { release: null, refused: tell(parts, error) };
  }
}

/** `isLoaded`: what the store calls active is what the engine has. */
async function keepWithClamav(parts: LoaderParts, isLoaded: boolean): Promise<Release | null> {
  const active = parts.store.active();
  if (active === null || !isDefaultWithClamav(parts, active.manifest)) return null;
  return isLoaded ? active : await tryInForce(parts, active);
}

async function loadStarter(parts: LoaderParts): Promise<Release> {
  return putInForce(parts, await parts.store.importFrom(starterSource(parts), isoNow(parts)));
}

/** Null, and told, where it fails with a code. */
async function tryInForce(parts: LoaderParts, release: Release): Promise<Release | null> {
  try {
    return await putInForce(parts, release);
  } catch (error) {
    tell(parts, error);
    return null;
  }
}

/** A fault of our own is thrown on. */
function tell(parts: LoaderParts, error: unknown): LazaretError {
  if (!(error instanceof LazaretError)) throw error;
  parts.onProblem(error);
  return error;
}

async function putInForce(parts: LoaderParts, release: Release): Promise<Release> {
  const { store, engine } = parts;
  await store.verify(release);
  const before = store.active();
  const counted = await load(engine, release);
  try {
    const recorded = release.manifest.loaded === null ? store.recordLoaded(release, counted) : release;
    store.activate(recorded);
    return recorded;
  } catch (error) {
    await loadAgain(parts, before);
    store.discard(release);
    throw error;
  }
}

async function load(engine: Engine, { directory, manifest }: Release) {
  const { signatures, yaraRules } = await withCanaries((canaries) =>
    engine.load({ directory, canaries, ...proofOf(manifest) }),
  );
  return { clamav: signatures, yara: yaraRules };
}

/** The engine took a release that the store cannot call active: the one that it calls so comes back. */
async function loadAgain(parts: LoaderParts, before: Release | null): Promise<void> {
  if (before === null) return;
  try {
    await load(parts.engine, before);
  } catch (error) {
    tell(parts, error);
  }
}

function isoNow({ clock }: LoaderParts): string {
  return new Date(clock.nowMs()).toISOString();
}
