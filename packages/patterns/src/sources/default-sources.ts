// SPDX-License-Identifier: Apache-2.0
// Decides what the sources of a VM are that has no manager's patterns – the starter set, and an installed ClamAV database, which is somebody else's –, which
// releases are made of them and follow them, and when they count as changed.
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import { RELEASE_LIMITS, type ReleaseManifest } from '../format/manifest.ts';

export interface DefaultPlaces {
  readonly starter: string;
  readonly clamavDatabase: string;
}

export interface ReleaseSource {
  readonly label: string;
  /** In the order of their right. */
  readonly directories: readonly string[];
}

/** A person's directory with the starter set (its tables, and EICAR for the self-test). */
export function givenSource(directory: string, label: string, { starter }: DefaultPlaces): ReleaseSource {
  return { label, directories: [directory, starter] };
}

export function starterSource({ starter }: DefaultPlaces): ReleaseSource {
  return { label: 'starter', directories: [starter] };
}

export function starterWithClamavSource({ starter, clamavDatabase }: DefaultPlaces): ReleaseSource {
  return { label: 'starter.clamav', directories: [starter, clamavDatabase] };
}

/** As a manifest names them. */
export function formatSource({ directories }: Pick<ReleaseSource, 'directories'>): string {
  return directories.join(' ').slice(0, RELEASE_LIMITS.sourceCharactersMax);
}

type Sourced = Pick<ReleaseManifest, 'source'>;

/** By its sources, not by its name: a person's directory may be called `starter` too. */
export function isDefault(places: DefaultPlaces, manifest: Sourced): boolean {
  return manifest.source === formatSource(starterSource(places)) || isDefaultWithClamav(places, manifest);
}

export function isDefaultWithClamav(places: DefaultPlaces, { source }: Sourced): boolean {
  return source === formatSource(starterWithClamavSource(places));
}

/** What a directory shows without being read: its names with size and time of each, or what hinders the look. */
export interface DirectoryLook {
  readonly directory: string;
  readonly files: readonly { readonly name: string; readonly look: string }[];
  /** The errno for which the directory cannot be read. */
  readonly hindered: string | null;
}

/** Enough to see that somebody updated them, without reading hundreds of megabytes at every start. */
export function formatStamp(looks: readonly DirectoryLook[]): string {
  const lines = looks.flatMap(({ directory, files, hindered }) => {
    const each = files.map(({ name, look }) => `${directory}/${name} ${look}`);
    return hindered === null ? each : each.concat(`${directory} ${hindered}`);
  });
  return `${lines.toSorted().join('\n')}\n`;
}

const refusalSchema = z.object({ code: z.string(), message: z.string() });

/** Why the database, as it was stamped, is not taken. */
export function formatRefusal({ code, message }: LazaretError): string {
  return JSON.stringify({ code, message });
}

export function parseRefusal(text: string): LazaretError {
  const { code, message } = refusalSchema.parse(JSON.parse(text));
  return new LazaretError(code, message);
}
