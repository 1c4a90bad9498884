// SPDX-License-Identifier: Apache-2.0
// Pattern releases over the link: a manifest names files by their hash; each file is fetched by it and believed only if it has it.
import { z } from 'zod';
import { sha256Schema } from '../identities.ts';

export const RELEASE_FILES_MAX = 10_000;
export const RELEASE_FILE_BYTES_MAX = 2 * 1024 ** 3;

export const releaseFileNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/);

export const releaseFileSchema = z.object({
  name: releaseFileNameSchema,
  bytes: z.number().int().nonnegative().max(RELEASE_FILE_BYTES_MAX),
  sha256: sha256Schema,
});

export const releaseIdSchema = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}-[0-9a-f]{12}$/);

/** What an agent is to have. `createdAt`: when the manager made it. */
export const offeredReleaseSchema = z.object({
  id: releaseIdSchema,
  createdAt: z.iso.datetime(),
  source: z.string().max(4_096),
  files: z.array(releaseFileSchema).min(1).max(RELEASE_FILES_MAX),
});
export type OfferedRelease = z.infer<typeof offeredReleaseSchema>;

/** Null: the manager has none, and the agent keeps what it has. */
export const currentReleaseAnswerSchema = z.object({ release: offeredReleaseSchema.nullable() });
