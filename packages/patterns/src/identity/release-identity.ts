// SPDX-License-Identifier: Apache-2.0
// Decides what names a release: the hash over the names and hashes of its files. The same bytes have the same name, wherever they are built
// (vectors/releases.json holds every maker to it).
import { createHash } from 'node:crypto';
import type { ReleaseFile } from '../format/manifest.ts';

type Named = Pick<ReleaseFile, 'name' | 'sha256'>;

const ID_DIGITS = 12;
export const LABEL_CHARACTERS_MAX = 48;

/** A line for each file, hash and name, in the order of the lines; SHA-256 of that, in hex. */
export function releaseIdentity(files: readonly Named[]): string {
  const text = files
    .map((file) => `${file.sha256} ${file.name}\n`)
    .toSorted()
    .join('');
  return createHash('sha256').update(text).digest('hex');
}

/** `starter-3f2a90b1c4d5`: a label for people, and the first 12 digits of what identifies the content. */
export function formatReleaseId(label: string, identitySha256: string): string {
  const safe = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, LABEL_CHARACTERS_MAX);
  return `${safe === '' ? 'local' : safe}-${identitySha256.slice(0, ID_DIGITS)}`;
}

export function releaseIdOf(label: string, files: readonly Named[]): string {
  return formatReleaseId(label, releaseIdentity(files));
}

/** Whether a release bears the name of its files: a list that was changed on the way does not. */
export function isNamedAfter(id: string, files: readonly Named[]): boolean {
  return id.endsWith(`-${releaseIdentity(files).slice(0, ID_DIGITS)}`);
}
