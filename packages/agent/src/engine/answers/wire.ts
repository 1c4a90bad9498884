// SPDX-License-Identifier: Apache-2.0
// The bytes of the scanner's protocol (native/scanner/PROTOCOL.md): fixed little-endian headers to it, a header and JSON from it. Pure.
import type { EngineProfile, ScanClass } from '../engine.ts';

const REQUEST_MAGIC = 0x31_52_5a_4c;
const ANSWER_MAGIC = 0x31_41_5a_4c;

export const REQUEST_HEADER_BYTES = 24;
export const ANSWER_HEADER_BYTES = 16;
const PROFILE_BYTES = 96;

export const REQUEST = { hello: 1, profile: 2, scan: 3, cancel: 4, load: 5, status: 6, ping: 7 } as const;
export const ANSWER = {
  hello: 1,
  profile: 2,
  scanFinal: 3,
  scanRows: 4,
  load: 5,
  status: 6,
  pong: 7,
  scanHits: 9,
  costly: 10,
  error: 15,
} as const;

export const SCAN_FLAG_NAME_LISTED = 1;
export const LOAD_FLAG_REQUIRE_EICAR = 1;
const PROFILE_FLAG_TYPE_RULE = 1;
const NOT_GIVEN = 0xff_ff_ff_ff;

export const SCAN_CLASSES: Readonly<Record<ScanClass, number>> = { open: 0, followUp: 1, clamd: 2, run: 3 };

export interface RequestHeader {
  readonly kind: number;
  readonly id: number;
  readonly scanClass?: number;
  readonly profile?: number;
  readonly deadlineMs?: number;
  readonly flags?: number;
}

export function encodeRequest(header: RequestHeader, payload: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(REQUEST_HEADER_BYTES + payload.length);
  bytes.writeUInt32LE(REQUEST_MAGIC, 0);
  bytes.writeUInt8(header.kind, 4);
  bytes.writeUInt8(header.scanClass ?? 0, 5);
  bytes.writeUInt16LE(header.profile ?? 0, 6);
  bytes.writeBigUInt64LE(BigInt(header.id), 8);
  bytes.writeUInt32LE(header.deadlineMs ?? 0, 16);
  bytes.writeUInt32LE(header.flags ?? 0, 20);
  payload.copy(bytes, REQUEST_HEADER_BYTES);
  return bytes;
}

/** What a scan carries beside its descriptor. */
export function encodeOwner(owner: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(owner));
  return bytes;
}

/** `typeNumbers`: the scanner's own numbering of true types (`lazaret-scanner types`). Names it does not know cannot be met, and are left out. */
export function encodeProfile(profile: EngineProfile, typeNumbers: ReadonlyMap<string, number>): Buffer {
  const bytes = Buffer.alloc(PROFILE_BYTES);
  bytes.writeUInt32LE(profile.compressionLayersMax, 0);
  bytes.writeUInt32LE(profile.nestingMax, 4);
  bytes.writeBigUInt64LE(BigInt(profile.memberBytesMax), 8);
  bytes.writeUInt32LE(profile.membersMax, 16);
  bytes.writeUInt32LE(profile.engineTimeMs, 20);
  bytes.writeUInt32LE(profile.walkTimeMs, 24);
  if (profile.typeRule === null) return bytes;
  bytes.writeUInt32LE(PROFILE_FLAG_TYPE_RULE, 28);
  setTypes(bytes, 32, profile.typeRule.types, typeNumbers);
  setTypes(bytes, 64, profile.typeRule.typesWhenListed, typeNumbers);
  return bytes;
}

function setTypes(
  bytes: Buffer,
  offset: number,
  names: readonly string[],
  typeNumbers: ReadonlyMap<string, number>,
): void {
  for (const name of names) {
    const number = typeNumbers.get(name);
    if (number === undefined || number >= 256) continue;
    const at = offset + (number >> 3);
    bytes.writeUInt8(bytes.readUInt8(at) | (1 << (number & 7)), at);
  }
}

export function encodeLoad(directory: string, expectedSignatures: number | null): Buffer {
  const path = Buffer.from(directory);
  const bytes = Buffer.alloc(8 + path.length);
  bytes.writeUInt32LE(expectedSignatures ?? NOT_GIVEN, 0);
  bytes.writeUInt16LE(path.length, 4);
  path.copy(bytes, 8);
  return bytes;
}

export interface Answer {
  readonly kind: number;
  readonly id: number;
  readonly body: unknown;
}

/** Throws when the bytes are none of the protocol: the scanner must then be taken for broken. */
export function decodeAnswer(bytes: Buffer): Answer {
  if (bytes.length < ANSWER_HEADER_BYTES || bytes.readUInt32LE(0) !== ANSWER_MAGIC)
    throw new Error('the scanner sent an invalid answer');
  const id = Number(bytes.readBigUInt64LE(8));
  const text = bytes.toString('utf8', ANSWER_HEADER_BYTES);
  return { kind: bytes.readUInt8(4), id, body: text === '' ? null : JSON.parse(text) };
}
