// SPDX-License-Identifier: Apache-2.0
// Writes one entry from an open file. Owns the incoming file, which has no name until it is whole: a process that dies
// leaves nothing (where the file system has no unnamed files: a `.partial`, which the next start removes).
// The source is the caller's.
import { LazaretError } from '@lazaret/core';
import type { NewFile, OpenFile, OpenFolder, Place, Range } from '@lazaret/host/ports';
import { type ContentDigest, ContentHash, hashKindOf } from './content-hash.ts';
import type { Reach, VaultPoint } from '../fault-points.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  deriveFileKey,
  encodeHeader,
  type FileCipher,
  fileCipher,
  HEADER_BYTES,
  METADATA_BYTES_MAX,
  type Section,
  sealedBytes,
  TAG_BYTES,
} from '../format/format.ts';
import type { VaultKey } from '../format/keys.ts';
import { dataBytesOf, encodeLayout } from '../format/layout.ts';
import { type EntryMetadata, encodeMetadata } from '../format/metadata.ts';

export interface EntrySource {
  readonly file: OpenFile;
  readonly size: number;
  /** Where its data lie. */
  readonly data: readonly Range[];
}

export interface EntryTarget {
  readonly folder: OpenFolder;
  /** The process that writes (`Processes.self`). */
  readonly writer: string;
  readonly fileName: string;
  readonly key: VaultKey;
  readonly salt: Buffer;
}

/** Says no to a copy that is not of what was scanned, before it gets a name. Null: its holes are too large for a hash of all. */
export type AcceptCopy = (sha256: string | null) => Promise<boolean>;

/** The copy was not accepted: the file changed while it was read. */
export class SourceChanged extends Error {}

/** `metadata` is complete but for its hash, which is only known once the content was read. Answers the metadata as written. */
export async function writeEntry(
  source: EntrySource,
  metadata: Omit<EntryMetadata, 'sha256' | 'storedSha256'>,
  target: EntryTarget,
  accept: AcceptCopy,
  reach: Reach<VaultPoint>,
): Promise<EntryMetadata> {
  const draft = draftOf(source, metadata);
  const table = encodeLayout(source.data);
  const header = encodeHeader({
    keyId: target.key.id,
    salt: target.salt,
    metadataBytes: draft.length,
    layout: { bytes: table.length, dataBytes: dataBytesOf(source.data) },
  });
  const cipher = fileCipher(deriveFileKey(target.key.bytes, target.salt), header);
  const incoming = openIncoming(target);
  try {
    reach('entry.opened');
    const tableFrom = HEADER_BYTES + sealedBytes(draft.length);
    const digest = await copyContent(source, incoming.file, tableFrom + sealedBytes(table.length), cipher);
    reach('entry.content-written');
    if (!(await accept(digest.sha256))) throw new SourceChanged();
    const written = { ...metadata, ...digest };
    const front = [header, sealAll('metadata', encodeMetadata(written), cipher), sealAll('layout', table, cipher)];
    await incoming.file.writeAt(Buffer.concat(front), 0);
    await incoming.file.synchronize();
    reach('entry.sealed');
    incoming.name();
    target.folder.synchronize();
    reach('entry.named');
    return written;
  } finally {
    incoming.file.close();
  }
}

/** As long as the metadata will be. */
export function draftOf(
  { size, data }: Omit<EntrySource, 'file'>,
  metadata: Omit<EntryMetadata, 'sha256' | 'storedSha256'>,
): Buffer {
  const hash = '0'.repeat(64);
  const kind = hashKindOf(size, data);
  const draft = encodeMetadata({
    ...metadata,
    sha256: kind === 'all' ? hash : null,
    storedSha256: kind === 'all' ? null : hash,
  });
  if (draft.length > METADATA_BYTES_MAX)
    throw new LazaretError('vault.metadata_too_large', 'the file has more attributes than a vault entry can hold');
  return draft;
}

function sealAll(section: Section, plain: Buffer, cipher: FileCipher): Buffer {
  const count = chunkCount(plain.length);
  const chunks = Array.from({ length: count }, (_, number) =>
    cipher.seal(
      section,
      number,
      number === count - 1,
      plain.subarray(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES),
    ),
  );
  return Buffer.concat(chunks);
}

/** The data alone, one range behind the other. A file that is shorter or longer by now has changed. */
async function copyContent(
  { file, size, data }: EntrySource,
  target: NewFile,
  from: number,
  cipher: FileCipher,
): Promise<ContentDigest> {
  const hash = new ContentHash(hashKindOf(size, data), size, data);
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const count = chunkCount(dataBytesOf(data));
  let number = 0;
  let filled = 0;
  const seal = async (): Promise<void> => {
    const sealed = cipher.seal('content', number, number === count - 1, buffer.subarray(0, filled));
    await target.writeAt(sealed, from + number * (CHUNK_BYTES + TAG_BYTES));
    number += 1;
    filled = 0;
  };
  for (const { start, end } of data)
    for (let at = start; at < end; ) {
      const part = buffer.subarray(filled, filled + Math.min(CHUNK_BYTES - filled, end - at));
      if ((await file.readAt(part, at)) !== part.length) throw new SourceChanged();
      await hash.add(at, part);
      at += part.length;
      filled += part.length;
      if (filled === CHUNK_BYTES) await seal();
    }
  if (number < count) await seal();
  const last = size === 0 ? 0 : await file.readAt(Buffer.alloc(1), size - 1);
  if (last !== Math.min(size, 1) || (await file.readAt(Buffer.alloc(1), size)) !== 0) throw new SourceChanged();
  return await hash.finish();
}

interface Incoming {
  readonly file: NewFile;
  name(): void;
}

function openIncoming(target: EntryTarget): Incoming {
  const { folder } = target;
  const place: Place = { folder, name: Buffer.from(target.fileName) };
  try {
    const file = folder.createUnnamed(0o600);
    return { file, name: () => folder.link(file, place.name) };
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
  const partial = Buffer.from(`${target.fileName}.${target.writer}.partial`);
  return { file: folder.createFile(partial, 0o600), name: () => folder.rename(partial, place) };
}

/** The file system has no unnamed files (O_TMPFILE). */
export function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EOPNOTSUPP', 'ENOTSUP', 'EISDIR'].includes(String(error.code));
}
