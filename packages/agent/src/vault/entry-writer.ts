// SPDX-License-Identifier: Apache-2.0
// Writes one entry from an open file. Owns the incoming file, which has no name until it is whole: a process that dies
// leaves nothing (where the file system has no unnamed files: a `.partial`, which the next start removes).
// The source's descriptor is the caller's.
import { createHash } from 'node:crypto';
import { closeSync, constants, fsyncSync } from 'node:fs';
import { LazaretError } from '@lazaret/core';
import { processIdentity } from '@lazaret/platform';
import { linkDescriptor, openAt, openUnnamed, type Place, renameWithoutReplacing } from '@lazaret/safefs';
import type { Reach, VaultPoint } from './fault-points.ts';
import { readAt, synchronize, writeAt } from './file-io.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  deriveFileKey,
  encodeHeader,
  type FileCipher,
  fileCipher,
  HEADER_BYTES,
  METADATA_BYTES_MAX,
  sealedBytes,
  TAG_BYTES,
} from './format.ts';
import type { VaultKey } from './keys.ts';
import { type EntryMetadata, encodeMetadata } from './metadata.ts';

export interface EntrySource {
  readonly fd: number;
  readonly size: number;
}

export interface EntryTarget {
  readonly directoryFd: number;
  readonly fileName: string;
  readonly key: VaultKey;
  readonly salt: Buffer;
}

/** Says no to a copy that is not of what was scanned, before it gets a name. */
export type AcceptCopy = (sha256: string) => Promise<boolean>;

/** The copy was not accepted: the file changed while it was read. */
export class SourceChanged extends Error {}

/** `metadata` is complete but for its hash, which is only known once the content was read. Answers the metadata as written. */
export async function writeEntry(
  source: EntrySource,
  metadata: Omit<EntryMetadata, 'sha256'>,
  target: EntryTarget,
  accept: AcceptCopy,
  reach: Reach<VaultPoint>,
): Promise<EntryMetadata> {
  const draft = encodeMetadata({ ...metadata, sha256: '0'.repeat(64) });
  if (draft.length > METADATA_BYTES_MAX)
    throw new LazaretError('vault.metadata_too_large', 'the file has more attributes than a vault entry can hold');
  const header = encodeHeader({ keyId: target.key.id, salt: target.salt, metadataBytes: draft.length });
  const cipher = fileCipher(deriveFileKey(target.key.bytes, target.salt), header);
  const incoming = openIncoming(target);
  try {
    reach('entry.opened');
    const sha256 = await copyContent(source, incoming.fd, HEADER_BYTES + sealedBytes(draft.length), cipher);
    reach('entry.content-written');
    if (!(await accept(sha256))) throw new SourceChanged();
    const written = { ...metadata, sha256 };
    await writeAt(incoming.fd, Buffer.concat([header, sealMetadata(encodeMetadata(written), cipher)]), 0);
    await synchronize(incoming.fd);
    reach('entry.sealed');
    incoming.name();
    fsyncSync(target.directoryFd);
    reach('entry.named');
    return written;
  } finally {
    closeSync(incoming.fd);
  }
}

function sealMetadata(plain: Buffer, cipher: FileCipher): Buffer {
  const count = chunkCount(plain.length);
  const chunks = Array.from({ length: count }, (_, number) =>
    cipher.seal(
      'metadata',
      number,
      number === count - 1,
      plain.subarray(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES),
    ),
  );
  return Buffer.concat(chunks);
}

/** Exactly `size` bytes: a file that is shorter or longer by now has changed. */
async function copyContent(source: EntrySource, fd: number, from: number, cipher: FileCipher): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const count = chunkCount(source.size);
  for (let number = 0; number < count; number++) {
    const wanted = Math.min(CHUNK_BYTES, source.size - number * CHUNK_BYTES);
    const chunk = buffer.subarray(0, wanted);
    if ((await readAt(source.fd, chunk, number * CHUNK_BYTES)) !== wanted) throw new SourceChanged();
    hash.update(chunk);
    await writeAt(
      fd,
      cipher.seal('content', number, number === count - 1, chunk),
      from + number * (CHUNK_BYTES + TAG_BYTES),
    );
  }
  if ((await readAt(source.fd, Buffer.alloc(1), source.size)) !== 0) throw new SourceChanged();
  return hash.digest('hex');
}

interface Incoming {
  readonly fd: number;
  name(): void;
}

function openIncoming(target: EntryTarget): Incoming {
  const place: Place = { directoryFd: target.directoryFd, name: Buffer.from(target.fileName) };
  try {
    const fd = openUnnamed(target.directoryFd, 0o600);
    return { fd, name: () => linkDescriptor(fd, place) };
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
  const partial: Place = {
    directoryFd: target.directoryFd,
    name: Buffer.from(`${target.fileName}.${processIdentity()}.partial`),
  };
  const fd = openAt(partial, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  return { fd, name: () => renameWithoutReplacing(partial, place) };
}

/** The file system has no unnamed files (O_TMPFILE). */
export function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EOPNOTSUPP', 'ENOTSUP', 'EISDIR'].includes(String(error.code));
}
