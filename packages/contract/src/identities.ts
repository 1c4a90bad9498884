// SPDX-License-Identifier: Apache-2.0
// Identities, decided once (house.md): an event's id, a file, a policy's hash, a rule. Everything else refers to these.
import { z } from 'zod';

/** SHA-256 in lower-case hex. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** JSON pointer (RFC 6901) into the policy: the rule that decided. `""` where a command line decided, not the policy. */
export const decidedBySchema = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/);

/** A number that may be above 2^53, as decimal text. */
const wideNumber = z.string().regex(/^\d{1,20}$/);

/**
 * A file is its file system's UUID and its handle, never a path: a path can be swapped, a handle cannot, and an inode's number is used again.
 * Device and inode stand beside, for people and for file systems without handles.
 */
export const fileIdentitySchema = z.object({
  /** UUID in hex, or `fsid:hex` where the kernel knows no UUID. */
  fileSystem: z.string().max(128).nullable(),
  /** `type:hex` of name_to_handle_at(2). */
  handle: z.string().max(512).nullable(),
  device: wideNumber,
  inode: wideNumber,
});

export type FileIdentityFields = z.infer<typeof fileIdentitySchema>;

/**
 * UUIDv7 (RFC 9562) of a moment and ten random bytes, which are handed in. Ids of later milliseconds sort behind earlier ones;
 * within one millisecond the sequence of the event decides, not the id.
 */
export function uuidV7(epochMs: number, random: Uint8Array): string {
  const time = Math.trunc(epochMs).toString(16).padStart(12, '0').slice(-12);
  const [a = 0, b = 0, c = 0, ...rest] = random;
  const bytes = [0x70 | (a & 0x0f), b, 0x80 | (c & 0x3f), ...rest];
  const hex = time + bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
