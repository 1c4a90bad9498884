// SPDX-License-Identifier: Apache-2.0
// How the default sources look, and what became of their last import. Owns what is remembered of them: how they looked when they were last imported, and
// whether the database was refused then: it is not tried again, and told again, until it is another. What they are is decided in packages/patterns.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LazaretError } from '@lazaret/core';
import {
  formatRefusal,
  formatStamp,
  isDefault,
  isPatternOfClamav,
  parseRefusal,
  type DefaultPlaces,
  type DirectoryLook,
  type ReleaseManifest,
} from '@lazaret/patterns';
import { writeFileAtomic } from '@lazaret/platform';
import { errnoOf, isGone } from './given-file.ts';
import { writeFault } from './write-fault.ts';

export interface DefaultSources extends DefaultPlaces {
  /** Remembers what they looked like; beside it, why the database was refused. */
  readonly stampFile: string;
}

/** Only a release of the default sources follows them: one that a person loaded stays until a person says otherwise. */
export function hasNews(sources: DefaultSources, manifest: ReleaseManifest): boolean {
  return isDefault(sources, manifest) && stampOf(sources) !== readText(sources.stampFile);
}

/** One that cannot be read is there: the import meets what hinders it, and tells. */
export function hasClamav({ clamavDatabase }: DefaultSources): boolean {
  const { names, hindered } = listingOf(clamavDatabase);
  return hindered !== null || names.some(isPatternOfClamav);
}

export function stampOf({ starter, clamavDatabase }: DefaultSources): string {
  return formatStamp([starter, clamavDatabase].map(lookInto));
}

function lookInto(directory: string): DirectoryLook {
  const { names, hindered } = listingOf(directory);
  return { directory, files: names.map((name) => ({ name, look: lookOf(join(directory, name)) })), hindered };
}

interface Listing {
  readonly names: readonly string[];
  /** The errno for which the directory cannot be read. */
  readonly hindered: string | null;
}

/** A file in the place of a directory holds none. */
function listingOf(directory: string): Listing {
  try {
    return { names: statSync(directory).isDirectory() ? readdirSync(directory) : [], hindered: null };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === null) throw error;
    return { names: [], hindered: isGone(error) ? null : errno };
  }
}

/** Size and time, or for want of what there are none. freshclam takes files away while they are looked at, and a link may lead nowhere. */
export function lookOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    if (isGone(error)) return 'gone';
    const errno = errnoOf(error);
    if (errno === null) throw error;
    return errno;
  }
}

const refusalFile = ({ stampFile }: DefaultSources): string => `${stampFile}-refused`;

/** `stamp`: taken before they were read, so that what changed meanwhile is news. Throws `patterns.write_failed`: then the next look finds news. */
export function recordImport(sources: DefaultSources, stamp: string, refused: LazaretError | null): void {
  try {
    if (refused === null) rmSync(refusalFile(sources), { force: true });
    else writeFileAtomic(refusalFile(sources), formatRefusal(refused), 0o600);
    writeFileAtomic(sources.stampFile, stamp, 0o600);
  } catch (error) {
    throw writeFault(error, sources.stampFile);
  }
}

/** The next look finds news, whatever the sources look like then. */
export function forgetImport(sources: DefaultSources): void {
  for (const path of [sources.stampFile, refusalFile(sources)]) rmSync(path, { force: true });
}

/** Why the database, as it is, was refused; null where it was taken. */
export function readRefusal(sources: DefaultSources): LazaretError | null {
  const text = readText(refusalFile(sources));
  return text === null ? null : parseRefusal(text);
}

function readText(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
