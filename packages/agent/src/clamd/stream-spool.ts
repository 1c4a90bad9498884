// SPDX-License-Identifier: Apache-2.0
// Stores the bytes of INSTREAM until they are scanned, in files without a name that vanish when they are closed. The total size over all sessions is limited,
// because every user can connect and the disk is shared. One user cannot take the room of the others.
import { openSync, unlinkSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Host, OpenFile } from '@lazaret/host/ports';
import { ownerOfUser, shares } from '@lazaret/platform';

export interface StreamFile {
  readonly file: OpenFile;
  /** Throws when all streams together would be too large: this one must then end. */
  append(bytes: Buffer): void;
  close(): void;
}

export interface StreamSpool {
  /** For a user, by its number. */
  open(uid: number): StreamFile;
}

export const STREAMS_BYTES_MAX = 1024 * 1024 * 1024;

export function streamSpool(
  directory: string,
  files: Host['files'],
  bytesMax: number = STREAMS_BYTES_MAX,
): StreamSpool {
  const room = shares<number>(bytesMax);
  return {
    open: (uid) => {
      const owner = ownerOfUser(uid);
      const take = (bytes: number): void => {
        if (!room.take(owner, bytes)) throw new Error('Too many streams at once, try again later.');
      };
      return openStreamFile(directory, files, take, (bytes) => room.give(owner, bytes));
    },
  };
}

function openStreamFile(
  directory: string,
  files: Host['files'],
  take: (bytes: number) => void,
  give: (bytes: number) => void,
): StreamFile {
  const path = join(directory, `stream-${randomUUID()}`);
  const file = files.adopt(openSync(path, 'wx+', 0o600));
  unlinkSync(path);
  let ownBytes = 0;
  return {
    file,
    append: (bytes) => {
      take(bytes.length);
      ownBytes += bytes.length;
      for (let at = 0; at < bytes.length; ) at += writeSync(file.descriptor, bytes, at);
    },
    close: () => {
      if (!file.isOpen) return;
      give(ownBytes);
      file.close();
    },
  };
}
