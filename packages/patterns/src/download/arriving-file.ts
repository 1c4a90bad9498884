// SPDX-License-Identifier: Apache-2.0
// Decides whether bytes that arrive are the file that a release names: not longer while they come, and the same content at their end.
import { LazaretError } from '@lazaret/core';
import { isSameContent } from '../acceptance/offered.ts';
import type { ReleaseFile } from '../format/manifest.ts';
import { contentCounter } from '../identity/content-hash.ts';

/** The bytes as they come, up to the first that cannot be the file's. Throws `link.download`, and `link.unreachable` where they break off. */
export async function* arrivingFile(
  releaseId: string,
  file: ReleaseFile,
  chunks: AsyncIterable<unknown>,
): AsyncGenerator<Buffer> {
  const counter = contentCounter();
  try {
    for await (const chunk of chunks) {
      // Endless data ends here.
      if (counter.take(chunk as Buffer) > file.bytes) throw tooLong(file);
      yield chunk as Buffer;
    }
  } catch (cause) {
    if (cause instanceof LazaretError) throw cause;
    throw new LazaretError(
      'link.unreachable',
      `The download of ${file.name} ended after ${counter.end().bytes} bytes.`,
      { cause },
    );
  }
  if (!isSameContent(file, counter.end()))
    throw new LazaretError(
      'link.download',
      `The content of ${file.name} differs from the one that release ${releaseId} names.`,
    );
}

function tooLong(file: ReleaseFile): LazaretError {
  return new LazaretError(
    'link.download',
    `${file.name} is larger than the ${file.bytes} bytes that its release names.`,
  );
}
