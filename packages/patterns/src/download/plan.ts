// SPDX-License-Identifier: Apache-2.0
// Decides which files of an offered release must be fetched, and which may lie here already: a file is its hash, whatever it is called.
import type { ReleaseFile, ReleaseManifest } from '../format/manifest.ts';

export interface KnownRelease {
  readonly directory: string;
  readonly manifest: Pick<ReleaseManifest, 'files'>;
}

export interface PlannedFile {
  readonly file: ReleaseFile;
  /** Where it should lie, in the order in which these are tried; it is fetched where none of them has its content any more. */
  readonly atHand: readonly { readonly directory: string; readonly name: string }[];
}

export function planDownload(files: readonly ReleaseFile[], known: readonly KnownRelease[]): readonly PlannedFile[] {
  const places = placesByHash(known);
  return files.map((file) => ({ file, atHand: places.get(file.sha256) ?? [] }));
}

function placesByHash(known: readonly KnownRelease[]): ReadonlyMap<string, PlannedFile['atHand']> {
  const places = new Map<string, { directory: string; name: string }[]>();
  for (const { directory, manifest } of known)
    for (const { sha256, name } of manifest.files) {
      const there = places.get(sha256) ?? [];
      // One place of each release is enough.
      if (there.at(-1)?.directory !== directory) places.set(sha256, [...there, { directory, name }]);
    }
  return places;
}
