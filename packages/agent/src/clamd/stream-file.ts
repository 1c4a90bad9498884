// SPDX-License-Identifier: Apache-2.0
// Where the bytes of an INSTREAM lie until they are scanned: a file without a name, gone with its descriptor.
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

export interface StreamFile {
  readonly descriptor: number;
  append(bytes: Buffer): void;
  close(): void;
}

export function openStreamFile(directory: string): StreamFile {
  const path = join(directory, `stream-${randomUUID()}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  let open = true;
  return {
    descriptor,
    append: (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    },
    close: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}
