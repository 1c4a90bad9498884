// SPDX-License-Identifier: Apache-2.0
// Reads the packed records of addon/record.hpp: 144 bytes each, little-endian.
import { getSystemErrorMap } from 'node:util';
import type { PackedBatch } from './native.ts';

export const RECORD_BYTES = 144;

/** By the number of EntryType in record.hpp. */
const TYPES = [
  'unknown',
  'regular',
  'directory',
  'symlink',
  'fifo',
  'socket',
  'character-device',
  'block-device',
  'mount',
] as const;

export type EntryType = (typeof TYPES)[number];

/** Who a file is and what it looked like. Sizes in bytes; times in nanoseconds since 1970; `mountId` as in mountinfo (0 = the kernel does not say). */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly atimeNs: bigint;
  readonly nlink: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mountId: number;
  /** `type:hex` of name_to_handle_at(2); null where the file system has none. */
  readonly handle: string | null;
  /** UUID in hex, or `fsid:hex` where the kernel knows no UUID; null where it was not asked for. */
  readonly fileSystem: string | null;
}

/** One record, decoded. `error` is an errno's name. */
export interface DecodedRecord {
  readonly path: Buffer;
  readonly extra: Buffer;
  readonly fd: number;
  readonly error: string | null;
  readonly type: EntryType;
  readonly flags: number;
  readonly identity: FileIdentity;
}

export function decodeBatch(batch: PackedBatch): DecodedRecord[] {
  const decoded: DecodedRecord[] = [];
  for (let offset = 0; offset + RECORD_BYTES <= batch.records.length; offset += RECORD_BYTES) {
    decoded.push(decodeRecord(batch.records, offset, batch.blob));
  }
  return decoded;
}

function decodeRecord(records: Buffer, at: number, blob: Buffer): DecodedRecord {
  const extra = slice(blob, records.readUInt32LE(at + 8), records.readUInt32LE(at + 12));
  const type = TYPES[records.readUInt32LE(at + 24)] ?? 'unknown';
  const error = records.readInt32LE(at + 20);
  return {
    path: slice(blob, records.readUInt32LE(at), records.readUInt32LE(at + 4)),
    extra,
    fd: records.readInt32LE(at + 16),
    error: error === 0 ? null : errorName(error),
    type,
    flags: records.readUInt32LE(at + 28),
    identity: decodeIdentity(records, at, type === 'mount' ? Buffer.alloc(0) : extra),
  };
}

function decodeIdentity(records: Buffer, at: number, handle: Buffer): FileIdentity {
  const uuidLength = records.readUInt32LE(at + 108);
  const uuid = records.toString('hex', at + 112, at + 112 + uuidLength);
  return {
    mode: records.readUInt32LE(at + 32),
    uid: records.readUInt32LE(at + 36),
    gid: records.readUInt32LE(at + 40),
    nlink: records.readUInt32LE(at + 44),
    size: Number(records.readBigUInt64LE(at + 48)),
    mtimeNs: timeAt(records, at + 56, at + 128),
    ctimeNs: timeAt(records, at + 64, at + 132),
    atimeNs: timeAt(records, at + 72, at + 136),
    device: records.readBigUInt64LE(at + 80),
    inode: records.readBigUInt64LE(at + 88),
    mountId: Number(records.readBigUInt64LE(at + 96)),
    handle: handle.length === 0 ? null : `${records.readInt32LE(at + 104)}:${handle.toString('hex')}`,
    fileSystem: uuidLength === 0 ? null : uuidLength === 16 ? uuid : `fsid:${uuid}`,
  };
}

/** In JavaScript's own whole numbers, which have no end: a file system's years go on after 2262. */
function timeAt(records: Buffer, seconds: number, nanoseconds: number): bigint {
  return records.readBigInt64LE(seconds) * 1_000_000_000n + BigInt(records.readUInt32LE(nanoseconds));
}

function slice(blob: Buffer, offset: number, length: number): Buffer {
  return blob.subarray(offset, offset + length);
}

/** The name of an errno, as Node names it (`ENOENT`). */
export function errorName(error: number): string {
  return ERROR_NAMES.get(error) ?? getSystemErrorMap().get(-error)?.[0] ?? `errno ${error}`;
}

/** Numbers that Node's own table does not know. */
const ERROR_NAMES: ReadonlyMap<number, string> = new Map([
  [116, 'ESTALE'],
  [117, 'EUCLEAN'],
  [122, 'EDQUOT'],
  [126, 'ENOKEY'],
]);
