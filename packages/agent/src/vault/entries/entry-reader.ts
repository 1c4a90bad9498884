// SPDX-License-Identifier: Apache-2.0
// Reads one entry. Every byte that it gives was authenticated; a damaged entry is an error with a code, never other bytes.
// Owns the file from openEntry() to close().
import type { OpenFile, OpenFolder, Range } from '@lazaret/host/ports';
import { ContentHash } from './content-hash.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  contentBytesOf,
  corrupt,
  decodeHeader,
  deriveFileKey,
  entryBytes,
  type FileCipher,
  fileCipher,
  HEADER_BYTES,
  type Header,
  type Section,
  sealedBytes,
  TAG_BYTES,
} from '../format/format.ts';
import type { KeyRing } from '../format/keys.ts';
import { dataBytesOf, decodeLayout } from '../format/layout.ts';
import { decodeMetadata, type EntryMetadata } from '../format/metadata.ts';

/** A piece of the data, and where it lies in the file. */
export interface ContentPart {
  readonly position: number;
  readonly bytes: Buffer;
}

export interface OpenEntry {
  readonly metadata: EntryMetadata;
  /** The file's data in their order, without its holes. Ends with an error when the whole does not have the hash that was written down. */
  parts(): AsyncGenerator<ContentPart, void>;
  /** The file's content with its holes, which are zeros. */
  content(): AsyncGenerator<Buffer, void>;
  close(): void;
}

/** What is needed to read on once the head was read. */
interface Body {
  readonly file: OpenFile;
  readonly cipher: FileCipher;
  readonly metadata: EntryMetadata;
  readonly layout: Header['layout'];
  /** Where the sections behind the metadata begin. */
  readonly from: number;
}

export async function openEntry(folder: OpenFolder, fileName: string, keys: KeyRing): Promise<OpenEntry> {
  const file = folder.openFile(Buffer.from(fileName));
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    if ((await file.readAt(bytes, 0)) < HEADER_BYTES) throw corrupt('it has no vault header');
    const header = decodeHeader(bytes);
    const cipher = fileCipher(deriveFileKey(keys.find(header.keyId).bytes, header.salt), bytes);
    const metadata = decodeMetadata(await readWhole(file, cipher, 'metadata', HEADER_BYTES, header.metadataBytes));
    if (!hasItsLength(file.describe().identity.size, header, metadata))
      throw corrupt('its length differs from the length in its metadata');
    const from = HEADER_BYTES + sealedBytes(header.metadataBytes);
    const body = { file, cipher, metadata, layout: header.layout, from };
    const parts = (): AsyncGenerator<ContentPart, void> => readParts(body);
    return { metadata, parts, content: () => withHoles(parts(), metadata.size), close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

function hasItsLength(fileBytes: number, { metadataBytes, layout }: Header, { size }: EntryMetadata): boolean {
  if (layout === null) return contentBytesOf(fileBytes, metadataBytes) === size;
  return layout.dataBytes <= size && fileBytes === entryBytes(metadataBytes, layout.bytes, layout.dataBytes);
}

async function readWhole(
  file: OpenFile,
  cipher: FileCipher,
  section: Section,
  from: number,
  bytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readSection(file, cipher, section, from, bytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function readRanges({ file, cipher, metadata, layout, from }: Body): Promise<readonly Range[]> {
  if (layout === null) return metadata.size === 0 ? [] : [{ start: 0, end: metadata.size }];
  const table = await readWhole(file, cipher, 'layout', from, layout.bytes);
  return decodeLayout(table, metadata.size, layout.dataBytes);
}

async function* readParts(body: Body): AsyncGenerator<ContentPart, void> {
  const { file, cipher, metadata, layout } = body;
  const ranges = await readRanges(body);
  const hash = new ContentHash(metadata.storedSha256 === null ? 'all' : 'stored', metadata.size, ranges);
  const from = body.from + (layout === null ? 0 : sealedBytes(layout.bytes));
  let index = 0;
  let position = ranges[0]?.start ?? 0;
  for await (const chunk of readSection(file, cipher, 'content', from, dataBytesOf(ranges))) {
    for (let at = 0; at < chunk.length; ) {
      const end = ranges[index]?.end ?? position;
      const bytes = chunk.subarray(at, at + end - position);
      if (bytes.length === 0) throw corrupt('it has more content than its table lists');
      await hash.add(position, bytes);
      yield { position, bytes };
      at += bytes.length;
      position += bytes.length;
      if (position === end) position = ranges[++index]?.start ?? position;
    }
  }
  const { sha256, storedSha256 } = await hash.finish();
  if (sha256 !== metadata.sha256 || storedSha256 !== metadata.storedSha256)
    throw corrupt('the hash of its content differs from the stored hash');
}

const ZEROS = Buffer.alloc(CHUNK_BYTES);

async function* withHoles(parts: AsyncGenerator<ContentPart, void>, size: number): AsyncGenerator<Buffer, void> {
  let at = 0;
  for await (const { position, bytes } of parts) {
    yield* zeros(position - at);
    yield bytes;
    at = position + bytes.length;
  }
  yield* zeros(size - at);
}

function* zeros(bytes: number): Generator<Buffer, void> {
  for (let left = bytes; left > 0; left -= ZEROS.length) yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS;
}

async function* readSection(
  file: OpenFile,
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
    if ((await file.readAt(sealed, position)) !== sealed.length) throw corrupt('it is truncated');
    yield cipher.open(section, number, number === count - 1, sealed);
  }
}
