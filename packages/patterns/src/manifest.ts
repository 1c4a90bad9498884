// SPDX-License-Identifier: Apache-2.0
// The manifest of a pattern release: which bytes it is made of and what they held when they were accepted. Pure: hashes are handed in.
import { z } from 'zod';

export const MANIFEST_NAME = 'manifest.json';

/** A release is bounded, as everything. The public ClamAV set has three files, with some 8.7 M records. */
export const RELEASE_LIMITS = { filesMax: 10_000, fileBytesMax: 2 * 1024 ** 3 } as const;

const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/);

export const manifestFileSchema = z.object({
  name: fileName,
  bytes: z.number().int().nonnegative().max(RELEASE_LIMITS.fileBytesMax),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const manifestSchema = z.object({
  format: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}-[0-9a-f]{12}$/),
  /** Where the bytes came from, for people. */
  source: z.string().max(4096),
  createdAt: z.iso.datetime(),
  files: z.array(manifestFileSchema).max(RELEASE_LIMITS.filesMax),
  /** What the engine loaded when the release was accepted. Fewer on a later load means that something was left out. */
  loaded: z.object({ clamav: z.number().int().nonnegative(), yara: z.number().int().nonnegative() }).nullable(),
  /** Files of the source that the engine refuses: who made the release chose to do without them. */
  leftOut: z
    .array(z.object({ name: fileName, reason: z.string().max(1_000) }))
    .max(RELEASE_LIMITS.filesMax)
    .optional(),
});

export type LeftOutFile = NonNullable<ReleaseManifest['leftOut']>[number];
export type ReleaseManifest = z.infer<typeof manifestSchema>;
export type ManifestFile = z.infer<typeof manifestFileSchema>;

/** Whether a file can stand in a release: names travel into manifests, shells and other file systems. */
export function isReleaseFileName(name: string): boolean {
  return fileName.safeParse(name).success;
}

/** The text whose hash names a release: the same bytes have the same name, wherever they are built. */
export function releaseIdentityText(files: readonly ManifestFile[]): string {
  return files
    .map((file) => `${file.sha256} ${file.name}\n`)
    .toSorted()
    .join('');
}

/** `starter-3f2a90b1c4d5`: a label for people and the first 12 digits of the identity's SHA-256. */
export function formatReleaseId(label: string, identitySha256: string): string {
  const safe = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 48);
  return `${safe === '' ? 'local' : safe}-${identitySha256.slice(0, 12)}`;
}
