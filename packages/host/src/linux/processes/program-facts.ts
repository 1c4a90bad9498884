// SPDX-License-Identifier: Apache-2.0
// The file of a program on this VM, for exceptions by process (EX-2e): where links lead, device, inode, last change, and its hash where that is asked for.
// Owns one descriptor at a time and closes it. It only hashes bytes, it never reads what they mean.
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import { placeOf } from '@lazaret/safefs';
import { pathTextFromBytes, type ExceptionFacts, type ProgramFacts } from '@lazaret/core';
import { realPath } from './vm-facts.ts';

/** A larger program is not hashed: an exception that names its content rests. */
const PROGRAM_BYTES_MAX = 1024 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const HASHES_KEPT = 1_000;

/** Asks the disk; a hash is computed again only when the file changed. */
export function programLookup(): ExceptionFacts['program'] {
  const hashes = new Map<string, string | null>();
  return (path, want) => {
    const target = realPath(path);
    return target === null ? null : withFile(target, (file) => readFacts(file, target, want.sha256 ? hashes : null));
  };
}

/** Null when it cannot be opened. Devices are not even opened; non-blocking, so that a FIFO that takes its place does not hold us. */
function withFile<T>(path: Buffer, use: (file: number) => T | null): T | null {
  let file: number;
  try {
    const place = placeOf(path);
    if (!place.found || place.type !== 'regular') return null;
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    return use(file);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

function readFacts(file: number, target: Buffer, hashes: Map<string, string | null> | null): ProgramFacts | null {
  const stats = fstatSync(file, { bigint: true });
  if (!stats.isFile()) return null;
  return {
    target: pathTextFromBytes(target),
    device: String(stats.dev),
    inode: String(stats.ino),
    changedNs: String(asGateCounts(stats.ctimeNs)),
    sha256: hashes === null ? null : keptHash(file, stats, hashes),
  };
}

/** The gate has 64 bits for it (native/gate/src/opens/file-key.h): a time outside counts as the end. One that it could not read would cost all rules. */
function asGateCounts(changedNs: bigint): bigint {
  const end = 2n ** 63n - 1n;
  const secondsEnd = end / 1_000_000_000n;
  const seconds = changedNs / 1_000_000_000n;
  if (seconds >= secondsEnd) return end;
  return seconds <= -secondsEnd ? -end - 1n : changedNs;
}

function keptHash(file: number, stats: BigIntStats, hashes: Map<string, string | null>): string | null {
  const key = stateOf(stats);
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = stats.size > PROGRAM_BYTES_MAX ? null : hashOf(file);
  // Changed while it was read: no content that anybody could name.
  if (stateOf(fstatSync(file, { bigint: true })) !== key) return null;
  if (hashes.size >= HASHES_KEPT) hashes.clear();
  hashes.set(key, hash);
  return hash;
}

function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

function hashOf(file: number): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const length = readSync(file, chunk, 0, chunk.length, at);
    if (length === 0) return hash.digest('hex');
    hash.update(chunk.subarray(0, length));
    at += length;
  }
}
