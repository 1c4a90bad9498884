// SPDX-License-Identifier: Apache-2.0
// The sources of a VM without a manager's patterns: the starter set, and an installed ClamAV database, which is somebody else's. Remembers how they looked
// when they were last imported, and whether the database was refused then: it is not tried again, and told again, until it is another.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LazaretError } from '@lazaret/core';
import { classifyPatternFile, type ReleaseManifest } from '@lazaret/patterns';
import { writeFileAtomic } from '@lazaret/platform';
import { errnoOf, isGone } from './given-file.ts';
import { writeFault } from './write-fault.ts';

export interface DefaultSources {
  readonly starter: string;
  readonly clamavDatabase: string;
  /** Remembers what they looked like; beside it, why the database was refused. */
  readonly stampFile: string;
}

/** By its sources, not by its name: a person's directory may be called `starter` too. */
export function isDefault({ starter, clamavDatabase }: DefaultSources, { source }: ReleaseManifest): boolean {
  return source === starter || source === `${starter} ${clamavDatabase}`;
}

export function isDefaultWithClamav({ starter, clamavDatabase }: DefaultSources, { source }: ReleaseManifest): boolean {
  return source === `${starter} ${clamavDatabase}`;
}

/** Only a release of the default sources follows them: one that a person loaded stays until a person says otherwise. */
export function hasNews(sources: DefaultSources, manifest: ReleaseManifest): boolean {
  return isDefault(sources, manifest) && stampOf(sources) !== readText(sources.stampFile);
}

/** One that cannot be read is there: the import meets what hinders it, and tells. */
export function hasClamav({ clamavDatabase }: DefaultSources): boolean {
  const { names, hindered } = listingOf(clamavDatabase);
  return hindered !== null || names.some((name) => classifyPatternFile(name) === 'clamav');
}

/** Names, sizes and times: enough to see that somebody updated them, without reading hundreds of megabytes at every start. */
export function stampOf({ starter, clamavDatabase }: DefaultSources): string {
  const lines = [starter, clamavDatabase].flatMap((directory) => {
    const { names, hindered } = listingOf(directory);
    const looks = names.map((name) => `${directory}/${name} ${lookOf(join(directory, name))}`);
    return hindered === null ? looks : looks.concat(`${directory} ${hindered}`);
  });
  return `${lines.toSorted().join('\n')}\n`;
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

const refusalSchema = z.object({ code: z.string(), message: z.string() });

const refusalFile = ({ stampFile }: DefaultSources): string => `${stampFile}-refused`;

/** `stamp`: taken before they were read, so that what changed meanwhile is news. Throws `patterns.write_failed`: then the next look finds news. */
export function recordImport(sources: DefaultSources, stamp: string, refused: LazaretError | null): void {
  try {
    writeRecord(sources, stamp, refused);
  } catch (error) {
    throw writeFault(error, sources.stampFile);
  }
}

function writeRecord(sources: DefaultSources, stamp: string, refused: LazaretError | null): void {
  if (refused === null) rmSync(refusalFile(sources), { force: true });
  else {
    const { code, message } = refused;
    writeFileAtomic(refusalFile(sources), JSON.stringify({ code, message }), 0o600);
  }
  writeFileAtomic(sources.stampFile, stamp, 0o600);
}

/** The next look finds news, whatever the sources look like then. */
export function forgetImport(sources: DefaultSources): void {
  for (const path of [sources.stampFile, refusalFile(sources)]) rmSync(path, { force: true });
}

/** Why the database, as it is, was refused; null where it was taken. */
export function readRefusal(sources: DefaultSources): LazaretError | null {
  const text = readText(refusalFile(sources));
  if (text === null) return null;
  const { code, message } = refusalSchema.parse(JSON.parse(text));
  return new LazaretError(code, message);
}

function readText(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
