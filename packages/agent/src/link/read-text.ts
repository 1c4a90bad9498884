// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http';
import { LazaretError } from '@lazaret/core';

/** The whole answer as text; one longer than `bytesMax` is cut off, and refused. */
export async function readText(answer: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) {
      answer.destroy();
      throw new LazaretError('link.download', `The answer of the manager is longer than ${bytesMax} bytes.`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
