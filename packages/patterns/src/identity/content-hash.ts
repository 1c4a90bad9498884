// SPDX-License-Identifier: Apache-2.0
// Decides what the identity of a file's content is: its length and its SHA-256. Bytes are handed in.
import { createHash } from 'node:crypto';

export interface ContentIdentity {
  readonly bytes: number;
  readonly sha256: string;
}

export interface ContentCounter {
  /** Answers how many bytes there were so far, with these. */
  take(chunk: Buffer): number;
  /** Once, after the last byte. */
  end(): ContentIdentity;
}

export function contentCounter(): ContentCounter {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    take: (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
      return bytes;
    },
    end: () => ({ bytes, sha256: hash.digest('hex') }),
  };
}

export async function measureContent(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<ContentIdentity> {
  const counter = contentCounter();
  for await (const chunk of chunks) counter.take(chunk);
  return counter.end();
}

export function measureBytes(content: Buffer): ContentIdentity {
  const counter = contentCounter();
  counter.take(content);
  return counter.end();
}
