// SPDX-License-Identifier: Apache-2.0
// The sources of a VM without a manager's patterns: the starter set, and an installed ClamAV database, which is somebody else's. Remembers how they looked
// when they were last imported, and whether the database was refused then: it is not tried again, and told again, until it is another.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LazaretError } from '@lazaret/core';
import { classifyPatternFile, type ReleaseManifest } from '@lazaret/patterns';
import { writeFileAtomic } from '@lazaret/platform';
import { isGone } from './given-file.ts';

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

export function hasClamav({ clamavDatabase }: DefaultSources): boolean {
  return namesIn(clamavDatabase).some((name) => classifyPatternFile(name) === 'clamav');
}

/** Names, sizes and times: enough to see that somebody updated them, without reading hundreds of megabytes at every start. */
export function stampOf({ starter, clamavDatabase }: DefaultSources): string {
  const lines = [starter, clamavDatabase].flatMap((directory) =>
    namesIn(directory).map((name) => `${directory}/${name} ${lookOf(join(directory, name))}`),
  );
  return `${lines.toSorted().join('\n')}\n`;
}

/** A file in the place of a directory holds none. */
function namesIn(directory: string): readonly string[] {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(directory) : [];
}

/** Size and time. freshclam takes files away while they are looked at, and a link may lead nowhere. */
export function lookOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    if (isGone(error)) return 'gone';
    throw error;
  }
}

const refusalSchema = z.object({ code: z.string(), message: z.string() });

const refusalFile = ({ stampFile }: DefaultSources): string => `${stampFile}-refused`;

/** `stamp`: taken before they were read, so that what changed meanwhile is news. */
export function recordImport(sources: DefaultSources, stamp: string, refused: LazaretError | null): void {
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
