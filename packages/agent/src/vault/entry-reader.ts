// SPDX-License-Identifier: Apache-2.0
// Reads one entry. Every byte that it gives was authenticated; a damaged entry is an error with a code, never other bytes.
// Owns the descriptor from openEntry() to close().
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync } from 'node:fs';
import { openAt } from '@lazaret/safefs';
import { readAt } from './file-io.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  contentBytesOf,
  corrupt,
  decodeHeader,
  deriveFileKey,
  type FileCipher,
  fileCipher,
  HEADER_BYTES,
  type Section,
  sealedBytes,
  TAG_BYTES,
} from './format.ts';
import type { KeyRing } from './keys.ts';
import { decodeMetadata, type EntryMetadata } from './metadata.ts';

export interface OpenEntry {
  readonly metadata: EntryMetadata;
  /** The file's content, chunk by chunk. Ends with an error when the whole does not have the hash that was written down. */
  content(): AsyncGenerator<Buffer, void>;
  close(): void;
}

export async function openEntry(directoryFd: number, fileName: string, keys: KeyRing): Promise<OpenEntry> {
  const fd = openAt({ directoryFd, name: Buffer.from(fileName) }, constants.O_RDONLY);
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    if ((await readAt(fd, bytes, 0)) < HEADER_BYTES) throw corrupt('it has no vault header');
    const header = decodeHeader(bytes);
    const cipher = fileCipher(deriveFileKey(keys.find(header.keyId).bytes, header.salt), bytes);
    const metadata = await readMetadata(fd, cipher, header.metadataBytes);
    const size = contentBytesOf(fstatSync(fd).size, header.metadataBytes);
    if (size === null || size !== metadata.size) throw corrupt('its length is not what its metadata says');
    const from = HEADER_BYTES + sealedBytes(header.metadataBytes);
    return { metadata, content: () => readContent(fd, cipher, from, metadata), close: () => closeSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

async function readMetadata(fd: number, cipher: FileCipher, bytes: number): Promise<EntryMetadata> {
  const chunks: Buffer[] = [];
  for await (const chunk of readSection(fd, cipher, 'metadata', HEADER_BYTES, bytes)) chunks.push(chunk);
  return decodeMetadata(Buffer.concat(chunks));
}

async function* readContent(
  fd: number,
  cipher: FileCipher,
  from: number,
  metadata: EntryMetadata,
): AsyncGenerator<Buffer, void> {
  const hash = createHash('sha256');
  for await (const chunk of readSection(fd, cipher, 'content', from, metadata.size)) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== metadata.sha256) throw corrupt('its content does not have the hash that was written down');
}

async function* readSection(
  fd: number,
  cipher: FileCipher,
  section: Section,
  from: number,
  bytes: number,
): AsyncGenerator<Buffer, void> {
  const count = chunkCount(bytes);
  for (let number = 0; number < count; number++) {
    const plainBytes = Math.min(CHUNK_BYTES, bytes - number * CHUNK_BYTES);
    const sealed = Buffer.alloc(plainBytes + TAG_BYTES);
    const position = from + number * (CHUNK_BYTES + TAG_BYTES);
    if ((await readAt(fd, sealed, position)) !== sealed.length) throw corrupt('a part of it is cut off');
    yield cipher.open(section, number, number === count - 1, sealed);
  }
}
