// SPDX-License-Identifier: Apache-2.0
// Opening what is to be scanned. Every descriptor in an answer is the caller's to close.
import { addon } from './load.ts';
import type { Caller } from './native.ts';
import { type DecodedRecord, decodeBatch, type EntryType, type FileIdentity } from './record.ts';

/** A path, absolute or relative to a directory descriptor. Any bytes, any length. */
export interface OpenRequest {
  readonly path: Buffer;
  readonly directoryFd?: number;
}

export interface OpenOptions {
  /** Follow a link as the last component (off). */
  readonly followLast?: boolean;
  /** Refuse links in every component with ELOOP (off): for paths that a walk gave, so that a swapped directory leads nowhere. */
  readonly noSymlinks?: boolean;
}

/** `NOT_REGULAR`: a directory, link, FIFO, socket or device, which is looked at but never opened. `type`: `unknown` where the path did not lead to it. */
export type OpenResult =
  | { readonly opened: true; readonly fd: number; readonly identity: FileIdentity }
  | { readonly opened: false; readonly code: string; readonly type: EntryType };

/** Opens many in one go, on a worker thread; answers stand in the order of the requests. */
export async function openForScan(
  requests: readonly OpenRequest[],
  options: OpenOptions = {},
): Promise<readonly OpenResult[]> {
  return await open(requests, options, null);
}

/** Opens with another user's rights, following links as that user would; never on /proc, which would answer about us. */
export async function openAsCaller(path: Buffer, caller: Caller): Promise<OpenResult> {
  const [result] = await open([{ path }], { followLast: true }, caller);
  return result ?? { opened: false, code: 'EIO', type: 'unknown' };
}

/** What a path names, and where that is when links are followed. `code`: an errno's name; EREMOTEIO where it leads into a user's file system in user space. */
export type Named =
  | { readonly found: true; readonly path: Buffer; readonly type: EntryType; readonly identity: FileIdentity }
  | { readonly found: false; readonly code: string };

/** Looks without opening, and without asking the program of such a file system, which may never answer. */
export function placeOf(path: Buffer, options: Pick<OpenOptions, 'followLast'> = {}): Named {
  const [record] = decodeBatch(addon().placeOf(path, options.followLast ?? false));
  if (record === undefined || record.error !== null) return { found: false, code: record?.error ?? 'EIO' };
  return { found: true, path: record.path, type: record.type, identity: record.identity };
}

async function open(
  requests: readonly OpenRequest[],
  options: OpenOptions,
  caller: Caller | null,
): Promise<readonly OpenResult[]> {
  const flat = requests.flatMap((request) => [request.directoryFd ?? -1, request.path]);
  const batch = await addon().openMany(flat, options.followLast ?? false, options.noSymlinks ?? false, caller);
  return decodeBatch(batch).map(resultOf);
}

function resultOf(record: DecodedRecord): OpenResult {
  if (record.error !== null) return { opened: false, code: record.error, type: record.type };
  if (record.fd < 0) return { opened: false, code: 'NOT_REGULAR', type: record.type };
  return { opened: true, fd: record.fd, identity: record.identity };
}
