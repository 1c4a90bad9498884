// SPDX-License-Identifier: Apache-2.0
// The pattern releases of this VM: `<patterns>/releases/<id>/` with a manifest each, and the links `active` and `previous`.
// Owns that directory. A release is complete before its name exists; the active one changes by one rename, so that a kill at
// any moment leaves a whole release active. What a release is, and which may be one, is decided in packages/patterns.
import {
  chmodSync,
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import {
  MANIFEST_NAME,
  acceptOffered,
  damagedFile,
  formatManifest,
  formatSource,
  isKept,
  isSameContent,
  listReleaseFiles,
  measureContent,
  newManifest,
  noPatternsIn,
  parseManifest,
  releaseIdOf,
  requireContents,
  requireFileName,
  requireFileSize,
  requireSameFile,
  withLeftOut,
  type ContentIdentity,
  type LeftOutFile,
  type ListedFile,
  type ReleaseContents,
  type ReleaseFile,
  type ReleaseManifest,
  type ReleaseSource,
} from '@lazaret/patterns';
import { writeFileAtomic } from '@lazaret/platform';
import { openGivenFile, statGivenFile } from './given-file.ts';
import { listPatternDirectory } from './pattern-directory.ts';
import { orWriteFault, writeFault } from './write-fault.ts';
import { pathOfDescriptor } from '@lazaret/host';

export interface Release {
  readonly directory: string;
  readonly manifest: ReleaseManifest;
}

export interface ReleaseStore {
  /** Copies the pattern files of a source into a release of their own, without those of its first directory that are left out. The same bytes give the same release again. */
  importFrom(source: ReleaseSource, createdAt: string, leftOut?: readonly LeftOutFile[]): Promise<Release>;
  /** Makes a release of files that lie in `directory` already, as a manifest names them; they are moved. Throws `patterns.damaged`. */
  adopt(offered: ReleaseContents, directory: string): Promise<Release>;
  active(): Release | null;
  previous(): Release | null;
  /** Every file has the size and hash of its manifest, or `patterns.damaged` says which has not. */
  verify(release: Release): Promise<void>;
  recordLoaded(release: Release, loaded: { clamav: number; yara: number }): Release;
  /** Makes `release` the active one; the active one becomes the previous. */
  activate(release: Release): void;
  /** Takes away a release that could not be made the active one. */
  discard(release: Release): void;
  list(): readonly Release[];
}

/** Half a copy; its name ends with the process. */
const INCOMING = '.incoming-';

export function releaseStore(patterns: string): ReleaseStore {
  const releases = join(patterns, 'releases');
  mkdirSync(releases, { recursive: true, mode: 0o755 });
  return {
    importFrom: (source, createdAt, leftOut = []) => importRelease(releases, source, createdAt, leftOut),
    adopt: (offered, directory) => adoptRelease(releases, offered, directory),
    active: () => readLink(patterns, 'active'),
    previous: () => readLink(patterns, 'previous'),
    verify: verifyRelease,
    recordLoaded: (release, loaded) => writeManifest(release.directory, { ...release.manifest, loaded }),
    activate: (release) => activate(patterns, release),
    discard: (release) => discard(patterns, release),
    list: () => readdirSync(releases).flatMap((name) => readRelease(join(releases, name)) ?? []),
  };
}

async function importRelease(
  releases: string,
  source: ReleaseSource,
  createdAt: string,
  leftOut: readonly LeftOutFile[],
): Promise<Release> {
  const away = new Set(leftOut.map(({ name }) => name));
  const found = source.directories.flatMap((directory, at) => listSource(directory, at === 0 ? away : new Set()));
  requireContents([...new Set(found.map(({ name }) => name))]);
  await orWriteFault(releases, () => removeLeftovers(releases));
  const staging = join(releases, `${INCOMING}${process.pid}`);
  try {
    await orWriteFault(staging, () => makeReadable(staging));
    const files = await copyAll(found, staging);
    const id = releaseIdOf(source.label, files);
    const manifest = newManifest({ id, source: formatSource(source), createdAt, files }, leftOut);
    const directory = join(releases, manifest.id);
    const existing = readRelease(directory);
    if (existing !== null && (await isWhole(existing)))
      return leftOut.length === 0
        ? existing
        : writeManifest(directory, { ...existing.manifest, ...withLeftOut(leftOut) });
    return await enter(staging, directory, manifest);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function adoptRelease(releases: string, offered: ReleaseContents, from: string): Promise<Release> {
  const manifest = acceptOffered(offered);
  await verifyRelease({ directory: from, manifest });
  const directory = join(releases, manifest.id);
  const existing = readRelease(directory);
  if (existing !== null && (await isWhole(existing))) return existing;
  // The scanner's user reads it, whatever the umask was.
  for (const { name } of manifest.files) await chmod(join(from, name), 0o644);
  await chmod(from, 0o755);
  return await enter(from, directory, manifest);
}

/** What needs room comes first: a damaged release of that name goes only when the whole one can take its place. */
async function enter(from: string, directory: string, manifest: ReleaseManifest): Promise<Release> {
  writeManifest(from, manifest);
  await orWriteFault(directory, async () => {
    await rm(directory, { recursive: true, force: true });
    await rename(from, directory);
  });
  return { directory, manifest };
}

/** What a kill in the middle of an import or a switch left: only who holds the agent's lock imports, so it is nobody's. */
function removeLeftovers(releases: string): void {
  for (const directory of [releases, join(releases, '..')])
    for (const name of readdirSync(directory))
      if (name.startsWith('.')) rmSync(join(directory, name), { recursive: true, force: true });
}

/** For the scanner, which is nobody: the rights are set, as the umask would take some away. */
function makeReadable(directory: string): void {
  mkdirSync(directory);
  chmodSync(directory, 0o755);
}

interface Found extends ListedFile {
  readonly path: string;
}

/** Each source by itself: a folder that was misspelt must not count as a release because the starter set stands beside it. */
function listSource(source: string, away: ReadonlySet<string>): Found[] {
  const found = listPatternFiles(source).filter(({ name }) => !away.has(name));
  if (found.some(({ kind }) => kind !== 'table')) return found;
  throw noPatternsIn(source);
}

function listPatternFiles(source: string): Found[] {
  return listReleaseFiles(listPatternDirectory(source)).flatMap(({ name, kind }) => {
    const path = join(source, name);
    if (!statGivenFile(path).isFile()) return [];
    requireFileName(name, path);
    return [{ name, path, kind }];
  });
}

async function copyAll(found: readonly Found[], target: string): Promise<ReleaseFile[]> {
  const files = new Map<string, ReleaseFile>();
  for (const { name, path, kind } of found) {
    const descriptor = openGivenFile(dirname(path), name);
    try {
      const known = files.get(name);
      if (known === undefined) files.set(name, await copyOne(descriptor, { name, path }, join(target, name)));
      else if (kind !== 'table')
        requireSameFile({ name, kind, where: path }, known.sha256, await hashFile(pathOfDescriptor(descriptor)));
    } finally {
      closeSync(descriptor);
    }
  }
  return [...files.values()];
}

async function copyOne(
  descriptor: number,
  { name, path }: Pick<Found, 'name' | 'path'>,
  copy: string,
): Promise<ReleaseFile> {
  requireFileSize(fstatSync(descriptor).size, path);
  await orWriteFault(copy, async () => {
    await copyFile(pathOfDescriptor(descriptor), copy);
    // The scanner's user reads it, whatever the source allowed.
    await chmod(copy, 0o644);
  });
  return { name, ...(await measureFile(copy)) };
}

async function verifyRelease({ directory, manifest }: Release): Promise<void> {
  for (const file of manifest.files) {
    const path = join(directory, file.name);
    const mayFit = existsSync(path) && statSync(path).size === file.bytes;
    if (!mayFit || !isSameContent(file, await measureFile(path))) throw damagedFile(path);
  }
}

async function isWhole(release: Release): Promise<boolean> {
  try {
    await verifyRelease(release);
    return true;
  } catch (error) {
    if (error instanceof LazaretError) return false;
    throw error;
  }
}

function measureFile(path: string): Promise<ContentIdentity> {
  return measureContent(createReadStream(path));
}

export async function hashFile(path: string): Promise<string> {
  return (await measureFile(path)).sha256;
}

function writeManifest(directory: string, manifest: ReleaseManifest): Release {
  const path = join(directory, MANIFEST_NAME);
  try {
    writeFileAtomic(path, formatManifest(manifest), 0o644);
    chmodSync(path, 0o644);
  } catch (error) {
    throw writeFault(error, path);
  }
  return { directory, manifest };
}

function readRelease(directory: string): Release | null {
  try {
    const manifest = parseManifest(readFileSync(join(directory, MANIFEST_NAME), 'utf8'));
    return manifest === null ? null : { directory, manifest };
  } catch {
    return null;
  }
}

function readLink(patterns: string, name: 'active' | 'previous'): Release | null {
  try {
    return readRelease(join(patterns, 'releases', basename(readlinkSync(join(patterns, name)))));
  } catch {
    return null;
  }
}

function activate(patterns: string, release: Release): void {
  const before = readLink(patterns, 'active');
  if (before?.manifest.id === release.manifest.id) return;
  try {
    // Both are made before the first takes its place: a full disk must not move the way back alone.
    const previous = before === null ? null : makeLink(patterns, 'previous', before.manifest.id);
    const active = makeLink(patterns, 'active', release.manifest.id);
    if (previous !== null) renameSync(previous, join(patterns, 'previous'));
    renameSync(active, join(patterns, 'active'));
  } catch (error) {
    throw writeFault(error, join(patterns, 'active'));
  }
  prune(patterns);
}

/** The link beside its place, and its path. */
function makeLink(patterns: string, name: string, id: string): string {
  const incoming = join(patterns, `.${name}-${process.pid}`);
  rmSync(incoming, { force: true });
  symlinkSync(join('releases', id), incoming);
  return incoming;
}

function isNeeded(patterns: string, id: string): boolean {
  return isKept(id, readLink(patterns, 'active'), readLink(patterns, 'previous'));
}

function discard(patterns: string, { directory, manifest }: Release): void {
  if (!isNeeded(patterns, manifest.id)) rmSync(directory, { recursive: true, force: true });
}

/** The new release is the active one already: what cannot be removed now is tried again after the next one, and fails nothing. */
function prune(patterns: string): void {
  for (const name of readdirSync(join(patterns, 'releases')))
    if (!isNeeded(patterns, name) && !name.startsWith(INCOMING)) tryRemove(join(patterns, 'releases', name));
}

function tryRemove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // It stays.
  }
}
