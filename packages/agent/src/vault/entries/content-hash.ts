// SPDX-License-Identifier: Apache-2.0
// What is known of a content: the SHA-256 of all its bytes. Zeros cannot be skipped in it, so a file with holes of terabytes has
// the SHA-256 of its data and of where that lies instead: else whoever makes an empty file of any size costs hours.
import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Range } from '@lazaret/host/ports';
import { dataBytesOf, encodeLayout } from '../format/layout.ts';

/** About three seconds. */
export const HASHED_HOLES_BYTES_MAX = 4 * 1024 * 1024 * 1024;

const ZEROS = Buffer.alloc(1024 * 1024);
/** After so many others have their turn. */
const ZEROS_AT_ONCE = 8;

/** One of the two is null. */
export interface ContentDigest {
  readonly sha256: string | null;
  readonly storedSha256: string | null;
}

/** Which of the two hashes a content of this form has. */
export function hashKindOf(size: number, ranges: readonly Range[]): 'all' | 'stored' {
  return size - dataBytesOf(ranges) > HASHED_HOLES_BYTES_MAX ? 'stored' : 'all';
}

export class ContentHash {
  readonly #hash: Hash = createHash('sha256');
  readonly #kind: 'all' | 'stored';
  readonly #size: number;
  #at = 0;

  constructor(kind: 'all' | 'stored', size: number, ranges: readonly Range[]) {
    this.#kind = kind;
    this.#size = size;
    if (kind === 'stored') this.#hash.update(encodeLayout(ranges));
  }

  /** Data come in their order. */
  async add(position: number, bytes: Buffer): Promise<void> {
    await this.#fill(position);
    this.#hash.update(bytes);
    this.#at = position + bytes.length;
  }

  async finish(): Promise<ContentDigest> {
    await this.#fill(this.#size);
    const hex = this.#hash.digest('hex');
    return this.#kind === 'all' ? { sha256: hex, storedSha256: null } : { sha256: null, storedSha256: hex };
  }

  async #fill(to: number): Promise<void> {
    if (this.#kind === 'stored') return;
    for (let left = to - this.#at, turn = 1; left > 0; left -= ZEROS.length, turn++) {
      this.#hash.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
      if (turn % ZEROS_AT_ONCE === 0) await setImmediate();
    }
    this.#at = to;
  }
}
