// SPDX-License-Identifier: Apache-2.0
// Decides whether what a manager brought is a release: its list has the form of one, its name is of the files that it lists, and each file is what the list
// says. Nothing is signed yet: what is believed is the link (mutual TLS), and these hashes.
import { LazaretError } from '@lazaret/core';
import {
  manifestSchema,
  newManifest,
  type ReleaseContents,
  type ReleaseFile,
  type ReleaseManifest,
} from '../format/manifest.ts';
import type { ContentIdentity } from '../identity/content-hash.ts';
import { isNamedAfter } from '../identity/release-identity.ts';

/** Throws a ZodError, or `patterns.damaged`. */
export function acceptOffered({ id, source, createdAt, files }: ReleaseContents): ReleaseManifest {
  const manifest = manifestSchema.parse(newManifest({ id, source, createdAt, files }));
  if (new Set(files.map(({ name }) => name)).size < files.length)
    throw new LazaretError('patterns.damaged', `The list of release ${id} has one name twice.`);
  if (isNamedAfter(id, manifest.files)) return manifest;
  throw new LazaretError('patterns.damaged', `The id of release ${id} does not match its list of files.`);
}

export function isSameContent(file: Pick<ReleaseFile, 'bytes' | 'sha256'>, found: ContentIdentity): boolean {
  return file.bytes === found.bytes && file.sha256 === found.sha256;
}

export function damagedFile(path: string): LazaretError {
  return new LazaretError('patterns.damaged', `${path} changed after the release was made.`, { where: path });
}
