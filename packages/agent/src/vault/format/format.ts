// SPDX-License-Identifier: Apache-2.0
// The bytes of a vault entry (docs/reference/vault-format.md), without any I/O: header, nonces, sealed chunks.
// Every chunk is AES-256-GCM under a key of its own file; its nonce holds section, number and whether it is the last, so that
// a chunk cut off, moved, doubled or brought from another file does not open. The header is bound into every chunk.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { LazaretError } from '@lazaret/core';

export const MAGIC = Buffer.from('LAZVAULT');
/** Format 1, which had the whole content with its holes, is still read. */
export const FORMAT_VERSION = 2;
export const HEADER_BYTES = 80;
export const CHUNK_BYTES = 65_536;
export const TAG_BYTES = 16;
/** Room of the metadata; 64 attributes of 64 KiB would not fit, and are refused as `vault.metadata_too_large`. */
export const METADATA_BYTES_MAX = 4 * 1024 * 1024;

const CIPHER_AES_256_GCM = 1;
const CHUNKS_MAX = 0xffff_ffff;

export interface Header {
  readonly keyId: Buffer;
  /** 32 random bytes: with them the file's own key is derived, so no nonce is ever used twice under one key. */
  readonly salt: Buffer;
  readonly metadataBytes: number;
  /** Of the table of where the data lie. Null: format 1, which has none. */
  readonly layout: { readonly bytes: number; readonly dataBytes: number } | null;
}

/** Which of the streams of a file a chunk belongs to. */
export type Section = 'metadata' | 'content' | 'layout';

const SECTION_NUMBERS: Readonly<Record<Section, number>> = { metadata: 1, content: 2, layout: 3 };

export function encodeHeader(header: Header & { readonly layout: NonNullable<Header['layout']> }): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt16BE(FORMAT_VERSION, 8);
  bytes.writeUInt16BE(CIPHER_AES_256_GCM, 10);
  bytes.writeUInt32BE(CHUNK_BYTES, 12);
  header.keyId.copy(bytes, 16, 0, 16);
  header.salt.copy(bytes, 32, 0, 32);
  bytes.writeUInt32BE(header.metadataBytes, 64);
  bytes.writeUInt32BE(header.layout.bytes, 68);
  bytes.writeBigUInt64BE(BigInt(header.layout.dataBytes), 72);
  return bytes;
}

export function decodeHeader(bytes: Buffer): Header {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) throw corrupt('it has no vault header');
  const version = bytes.readUInt16BE(8);
  if (version !== 1 && version !== FORMAT_VERSION) {
    throw new LazaretError(
      'vault.unsupported_version',
      `the vault entry has format ${version}; this version of Lazaret reads formats 1 and ${FORMAT_VERSION}`,
    );
  }
  if (bytes.readUInt16BE(10) !== CIPHER_AES_256_GCM || bytes.readUInt32BE(12) !== CHUNK_BYTES)
    throw corrupt('its header names no known cipher');
  const metadataBytes = bytes.readUInt32BE(64);
  if (metadataBytes === 0 || metadataBytes > METADATA_BYTES_MAX) throw corrupt('its header names an impossible length');
  const layout = version === 1 ? null : { bytes: bytes.readUInt32BE(68), dataBytes: Number(bytes.readBigUInt64BE(72)) };
  return { keyId: bytes.subarray(16, 32), salt: bytes.subarray(32, 64), metadataBytes, layout };
}

/** The key of one file. */
export function deriveFileKey(key: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'lazaret vault entry 1', 32));
}

/** How many chunks carry so many bytes: at least one, so that an empty stream is authenticated too. */
export function chunkCount(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
}

/** The length of a stream once sealed. */
export function sealedBytes(bytes: number): number {
  return bytes + chunkCount(bytes) * TAG_BYTES;
}

/** The length of a whole entry. */
export function entryBytes(metadataBytes: number, layoutBytes: number, dataBytes: number): number {
  return HEADER_BYTES + sealedBytes(metadataBytes) + sealedBytes(layoutBytes) + sealedBytes(dataBytes);
}

/** The length of the content of format 1, from the length of the whole file; null when no content has that length. */
export function contentBytesOf(fileBytes: number, metadataBytes: number): number | null {
  const sealed = fileBytes - HEADER_BYTES - sealedBytes(metadataBytes);
  const content = sealed - Math.ceil(sealed / (CHUNK_BYTES + TAG_BYTES)) * TAG_BYTES;
  return content >= 0 && sealedBytes(content) === sealed ? content : null;
}

/** Seals and opens the chunks of one file. */
export interface FileCipher {
  seal(section: Section, number: number, last: boolean, plain: Buffer): Buffer;
  open(section: Section, number: number, last: boolean, sealed: Buffer): Buffer;
}

export function fileCipher(fileKey: Buffer, header: Buffer): FileCipher {
  return {
    seal: (section, number, last, plain) => {
      const cipher = createCipheriv('aes-256-gcm', fileKey, nonce(section, number, last));
      cipher.setAAD(header);
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open: (section, number, last, sealed) => {
      if (sealed.length < TAG_BYTES) throw corrupt('it is truncated');
      const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce(section, number, last), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(header);
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw corrupt('a part of it was modified', cause);
      }
    },
  };
}

function nonce(section: Section, number: number, last: boolean): Buffer {
  if (number > CHUNKS_MAX)
    throw new LazaretError('vault.too_large', 'the file has more chunks than a vault entry can number');
  const bytes = Buffer.alloc(12);
  bytes.writeUInt8(SECTION_NUMBERS[section], 0);
  bytes.writeUInt8(last ? 1 : 0, 1);
  bytes.writeUInt32BE(number, 8);
  return bytes;
}

/** The one error of an entry whose bytes are not what was written. */
export function corrupt(why: string, cause?: unknown): LazaretError {
  return new LazaretError('vault.entry_corrupt', `the vault entry is damaged: ${why}`, { cause });
}
