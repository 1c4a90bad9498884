// SPDX-License-Identifier: Apache-2.0
// What a vault entry knows about its file (AC-8): enough to put it back as it was, and to say why it was taken.
// Names, attribute names and values are any bytes: base64. Times are nanoseconds since 1970 as decimal text.
import { z } from 'zod';
import { LazaretError } from '@lazaret/core';
import { corrupt } from './format.ts';

const base64 = z.base64();
/** 64 bits of seconds, in nanoseconds. */
const decimal = z.string().regex(/^-?\d{1,28}$/);
const whole = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const ranges = z.array(z.object({ start: whole, end: whole }));

export const entryMetadataSchema = z.object({
  /** 1: made before holes, flags and projects were written down. */
  version: z.union([z.literal(1), z.literal(2)]),
  id: z.string().regex(/^[0-9a-f-]{36}$/),
  takenAt: z.iso.datetime(),
  detectionId: z.string().max(128).nullable(),
  path: base64,
  owner: z.object({ uid: whole, gid: whole }),
  mode: whole,
  times: z.object({ accessNs: decimal, modificationNs: decimal, changeNs: decimal }),
  attributes: z.array(z.object({ name: base64, value: base64 })),
  /** "k of n names": of `count` hard links, `path` and `otherPaths` were known when the file was taken. */
  links: z.object({ count: whole, otherPaths: z.array(base64) }),
  size: whole,
  sha256: sha256.nullable(),
  /** Of the data and of where they lie, where the holes are too large for `sha256` (content-hash.ts). */
  storedSha256: sha256.nullable().default(null),
  /** What it took on its disk, and where it had room without data. */
  allocatedBytes: whole.nullable().default(null),
  reserved: ranges.default([]),
  /** chattr's flags, and what FS_IOC_FSGETXATTR told. */
  inodeFlags: whole.nullable().default(null),
  extendedFlags: z
    .object({ flags: whole, extentSize: whole, project: whole, copyExtentSize: whole })
    .nullable()
    .default(null),
  file: z.object({
    device: decimal,
    inode: decimal,
    handle: z.string().nullable(),
    fileSystem: z.string().nullable(),
  }),
  threats: z.array(z.object({ name: z.string(), kind: z.string(), layers: z.array(z.string()) })),
  patternRelease: z.string().nullable(),
  policyHash: z.string().nullable(),
});

export type EntryMetadata = Readonly<z.infer<typeof entryMetadataSchema>>;

/** Refuses what could not be read again: the original goes once this is written. */
export function encodeMetadata(metadata: EntryMetadata): Buffer {
  if (!entryMetadataSchema.safeParse(metadata).success)
    throw new LazaretError('vault.too_large', 'a number of this file is larger than a vault entry can hold');
  return Buffer.from(JSON.stringify(metadata));
}

export function decodeMetadata(bytes: Buffer): EntryMetadata {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw corrupt('its metadata cannot be read', cause);
  }
  const parsed = entryMetadataSchema.safeParse(value);
  if (!parsed.success) throw corrupt('its metadata does not have the expected format', parsed.error);
  return parsed.data;
}

/** The path in bytes. */
export function pathOf(metadata: EntryMetadata): Buffer {
  return Buffer.from(metadata.path, 'base64');
}
