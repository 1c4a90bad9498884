// SPDX-License-Identifier: Apache-2.0
// The bytes of a file in memory, in blocks: a block that nobody wrote is a hole.
import type { Range } from '../ports/file-facts.ts';

const BLOCK_BYTES = 4096;

export class MemoryContent {
  readonly #blocks: Map<number, Buffer> = new Map();
  size = 0;

  allocatedBytes(): number {
    return this.#blocks.size * BLOCK_BYTES;
  }

  /** How many bytes were there. */
  read(buffer: Buffer, position: number): number {
    const length = Math.max(0, Math.min(buffer.length, this.size - position));
    for (let at = 0; at < length; ) {
      const { block, offset, count } = pieceAt(position + at, length - at);
      const bytes = this.#blocks.get(block);
      if (bytes === undefined) buffer.fill(0, at, at + count);
      else bytes.copy(buffer, at, offset, offset + count);
      at += count;
    }
    return length;
  }

  all(): Buffer {
    const bytes = Buffer.alloc(this.size);
    this.read(bytes, 0);
    return bytes;
  }

  write(buffer: Buffer, position: number): void {
    for (let at = 0; at < buffer.length; ) {
      const { block, offset, count } = pieceAt(position + at, buffer.length - at);
      const bytes = this.#blocks.get(block) ?? Buffer.alloc(BLOCK_BYTES);
      buffer.copy(bytes, offset, at, at + count);
      this.#blocks.set(block, bytes);
      at += count;
    }
    this.size = Math.max(this.size, position + buffer.length);
  }

  setSize(bytes: number): void {
    for (const block of this.#blocks.keys()) if (block * BLOCK_BYTES >= bytes) this.#blocks.delete(block);
    this.#blocks.get(Math.floor(bytes / BLOCK_BYTES))?.fill(0, bytes % BLOCK_BYTES);
    this.size = bytes;
  }

  dataRanges(from: number, size: number, rangesMax: number): readonly Range[] {
    const ranges: Range[] = [];
    const end = Math.min(size, this.size);
    for (const block of [...this.#blocks.keys()].sort((one, other) => one - other)) {
      const range = { start: Math.max(from, block * BLOCK_BYTES), end: Math.min(end, (block + 1) * BLOCK_BYTES) };
      if (range.start >= range.end) continue;
      const last = ranges.at(-1);
      if (last !== undefined && last.end === range.start)
        ranges[ranges.length - 1] = { start: last.start, end: range.end };
      else if (ranges.length === rangesMax) break;
      else ranges.push(range);
    }
    return ranges;
  }
}

function pieceAt(position: number, left: number): { block: number; offset: number; count: number } {
  const offset = position % BLOCK_BYTES;
  return { block: Math.floor(position / BLOCK_BYTES), offset, count: Math.min(BLOCK_BYTES - offset, left) };
}
