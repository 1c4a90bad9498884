// SPDX-License-Identifier: Apache-2.0
// Puts releases in force: loaded beside the old one, self-tested, switched, else the old one stays (PF-4). Owns neither engine
// nor store; it says in which order they are asked, so that what the store calls active is what the engine has loaded.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { classifyPatternFile, type LeftOutFile, type ReleaseManifest } from '@lazaret/patterns';
import { writeFileAtomic, type Clock } from '@lazaret/platform';
import type { Engine } from '../engine/index.ts';
import { badFilesOf } from './bad-files.ts';
import { withCanaries } from './canaries.ts';
import type { Release, ReleaseStore } from './release-store.ts';

export interface LoadOptions {
  /** Files of the directory that the engine refuses stay away, each with its reason in the manifest; else one refuses the whole. */
  readonly skipBad?: boolean | undefined;
}

export interface ReleaseLoader {
  /** Loads the active release; makes one of the default sources where there is none, or where those have changed. */
  loadActive(): Promise<Release>;
  /** Loads what has changed at the default sources since; the active release when nothing has (PF-1). */
  refresh(): Promise<Release>;
  /** Makes a release of a directory and the starter set (its tables, and EICAR for the self-test), and puts it in force. */
  load(directory: string, options?: LoadOptions): Promise<Release>;
  /** Puts a release in force that was brought to `directory`, as its manifest names it. */
  adopt(offered: Pick<ReleaseManifest, 'id' | 'source' | 'createdAt' | 'files'>, directory: string): Promise<Release>;
  /** Puts the release before this one in force again. */
  rollback(): Promise<Release>;
}

export interface LoaderParts {
  readonly store: ReleaseStore;
  readonly engine: Engine;
  readonly clock: Clock;
  /** The starter set, and an installed ClamAV database where there is one. */
  readonly starter: string;
  readonly clamavDatabase: string;
  /** Remembers what the default sources looked like when they were imported. */
  readonly stampFile: string;
  readonly onProblem: (error: LazaretError) => void;
}

const DEFAULT_LABEL = 'starter';
const DEFAULT_WITH_CLAMAV_LABEL = 'starter.clamav';

export function releaseLoader(parts: LoaderParts): ReleaseLoader {
  const { store } = parts;
  const inTurn = oneAfterTheOther();
  return {
    loadActive: () => inTurn(() => loadActive(parts)),
    refresh: () =>
      inTurn(async () => {
        const active = store.active();
        return active !== null && !hasNews(parts, active) ? active : await loadDefault(parts);
      }),
    load: (directory, { skipBad = false } = {}) =>
      inTurn(() => (skipBad ? loadWithoutBad(parts, directory) : loadGiven(parts, directory, []))),
    adopt: (offered, directory) => inTurn(async () => putInForce(parts, await parts.store.adopt(offered, directory))),
    rollback: () =>
      inTurn(async () => {
        const previous = store.previous();
        if (previous === null) throw new LazaretError('patterns.no_previous', 'There is no release to go back to.');
        return putInForce(parts, previous);
      }),
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
  const sources = [directory, parts.starter];
  return putInForce(parts, await parts.store.importFrom(sources, basename(directory), isoNow(parts), leftOut));
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
      const bad = badFilesOf(error, directory).filter(({ name }) => !leftOut.has(name));
      if (bad.length === 0) throw error;
      last = error;
      for (const { name, reason } of bad) leftOut.set(name, reason);
    }
  }
}

/** A release that can no longer be loaded (a damaged disk) must not leave the VM without patterns: the one before, or the sources again. */
async function loadActive(parts: LoaderParts): Promise<Release> {
  const active = parts.store.active();
  if (active === null || hasNews(parts, active)) return await loadDefault(parts);
  const loaded = await tryInForce(parts, active);
  if (loaded !== null) return loaded;
  const previous = isDefault(parts, active) ? null : parts.store.previous();
  return (previous === null ? null : await tryInForce(parts, previous)) ?? (await loadDefault(parts));
}

/** Only a release of the default sources follows them: one that a person loaded stays until a person says otherwise. */
function hasNews(parts: LoaderParts, active: Release): boolean {
  return isDefault(parts, active) && stampOf(parts) !== readStamp(parts);
}

/** By its sources, not by its name: a person's directory may be called `starter` too. */
function isDefault({ starter, clamavDatabase }: LoaderParts, { manifest }: Release): boolean {
  return manifest.source === starter || manifest.source === `${starter} ${clamavDatabase}`;
}

/** The ClamAV database is somebody else's: one that cannot be loaded must not leave the VM without the starter set. */
async function loadDefault(parts: LoaderParts): Promise<Release> {
  const stamp = stampOf(parts);
  let release: Release | null = null;
  if (hasClamav(parts)) release = await tryClamav(parts);
  release ??= await putInForce(parts, await parts.store.importFrom([parts.starter], DEFAULT_LABEL, isoNow(parts)));
  writeFileAtomic(parts.stampFile, stamp, 0o600);
  return release;
}

async function tryClamav(parts: LoaderParts): Promise<Release | null> {
  const sources = [parts.starter, parts.clamavDatabase];
  return await orProblem(parts, async () =>
    putInForce(parts, await parts.store.importFrom(sources, DEFAULT_WITH_CLAMAV_LABEL, isoNow(parts))),
  );
}

function tryInForce(parts: LoaderParts, release: Release): Promise<Release | null> {
  return orProblem(parts, () => putInForce(parts, release));
}

/** Null, and told, where it fails with a code. */
async function orProblem(parts: LoaderParts, work: () => Promise<Release>): Promise<Release | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LazaretError)) throw error;
    parts.onProblem(error);
    return null;
  }
}

async function putInForce({ store, engine }: LoaderParts, release: Release): Promise<Release> {
  await store.verify(release);
  const { loaded } = release.manifest;
  const status = await withCanaries((canaries) =>
    engine.load({
      directory: release.directory,
      canaries,
      requireEicar: true,
      expectedSignatures: loaded === null ? null : loaded.clamav + loaded.yara,
    }),
  );
  const recorded =
    loaded === null ? store.recordLoaded(release, { clamav: status.signatures, yara: status.yaraRules }) : release;
  store.activate(recorded);
  return recorded;
}

function hasClamav({ clamavDatabase }: LoaderParts): boolean {
  return (
    existsSync(clamavDatabase) && readdirSync(clamavDatabase).some((name) => classifyPatternFile(name) === 'clamav')
  );
}

/** Names, sizes and times: enough to see that somebody updated them, without reading hundreds of megabytes at every start. */
function stampOf({ starter, clamavDatabase }: LoaderParts): string {
  const lines = [starter, clamavDatabase].flatMap((directory) =>
    existsSync(directory)
      ? readdirSync(directory).map((name) => {
          const { size, mtimeMs } = statSync(join(directory, name));
          return `${directory}/${name} ${size} ${mtimeMs}`;
        })
      : [],
  );
  return `${lines.toSorted().join('\n')}\n`;
}

function readStamp({ stampFile }: LoaderParts): string | null {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : null;
}

function isoNow({ clock }: LoaderParts): string {
  return new Date(clock.nowMs()).toISOString();
}
