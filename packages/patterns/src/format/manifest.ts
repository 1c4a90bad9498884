// SPDX-License-Identifier: Apache-2.0
// Decides what a release is, as it lies on a disk: which bytes it is made of, and what they held when they were accepted. What crosses the link
// (contract's `offeredReleaseSchema`) has the same names, files and limits.
import { RELEASE_FILE_BYTES_MAX, RELEASE_FILES_MAX, releaseFileSchema, releaseIdSchema } from '@lazaret/contract';
import { z } from 'zod';

export const MANIFEST_NAME = 'manifest.json';

/** A release is bounded, as everything. The public ClamAV set has three files, with some 8.7 M records. */
export const RELEASE_LIMITS = {
  filesMax: RELEASE_FILES_MAX,
  fileBytesMax: RELEASE_FILE_BYTES_MAX,
  sourceCharactersMax: 4_096,
} as const;

export const manifestSchema = z.object({
  format: z.literal(1),
  id: releaseIdSchema,
  /** Where the bytes came from, for people. */
  source: z.string().max(RELEASE_LIMITS.sourceCharactersMax),
  createdAt: z.iso.datetime(),
  files: z.array(releaseFileSchema).max(RELEASE_LIMITS.filesMax),
  /** What the engine loaded when the release was accepted. Fewer on a later load means that something was left out. */
  loaded: z.object({ clamav: z.number().int().nonnegative(), yara: z.number().int().nonnegative() }).nullable(),
  /** Files of the source that the engine refuses: who made the release chose to do without them. */
  leftOut: z
    .array(z.object({ name: releaseFileSchema.shape.name, reason: z.string().max(1_000) }))
    .max(RELEASE_LIMITS.filesMax)
    .optional(),
});

export type LeftOutFile = NonNullable<ReleaseManifest['leftOut']>[number];
export type ReleaseManifest = z.infer<typeof manifestSchema>;
export type ReleaseFile = ReleaseManifest['files'][number];

/** What a release is before anybody loaded it; also what a manager says of the one that it offers. */
export type ReleaseContents = Pick<ReleaseManifest, 'id' | 'source' | 'createdAt' | 'files'>;

/** Files that stay away are named only where there are some. */
export function newManifest(contents: ReleaseContents, leftOut: readonly LeftOutFile[] = []): ReleaseManifest {
  return { format: 1, ...contents, loaded: null, ...withLeftOut(leftOut) };
}

export function withLeftOut(leftOut: readonly LeftOutFile[]): Pick<ReleaseManifest, 'leftOut'> {
  return leftOut.length === 0 ? {} : { leftOut: [...leftOut] };
}

/** Null: the text is no manifest, so what lies beside it is no release. */
export function parseManifest(text: string): ReleaseManifest | null {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function formatManifest(manifest: ReleaseManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Whether a file can stand in a release: names travel into manifests, shells and other file systems. */
export function isReleaseFileName(name: string): boolean {
  return releaseFileSchema.shape.name.safeParse(name).success;
}
