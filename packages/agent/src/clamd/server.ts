// SPDX-License-Identifier: Apache-2.0
// clamd's protocol on a Unix socket, so that what speaks to clamd (mail filters, file shares, clamdscan) speaks to Lazaret.
// Owns its socket, its sessions and every descriptor that a client sends. A path is opened with the rights of the caller,
// never with ours: the socket is open to all users of the VM, so each has a share of it, and no more.
import { lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { listenLinks, type Listening } from '@lazaret/fdlink';
import { ownerOfUser } from '@lazaret/platform';
import type { ClamdDependencies } from './dependencies.ts';
import { serveSession } from './session.ts';
import { shares } from './shares.ts';
import { streamSpool } from './stream-spool.ts';

/** Sessions at once. Of those that are left a user gets half; a further one is closed at once. */
const SESSIONS_MAX = 256;

export function serveClamd(path: string, dependencies: ClamdDependencies): Listening {
  ensureOpenDirectory(dirname(path));
  const streams = streamSpool(dependencies.spoolDirectory);
  const sessions = shares(SESSIONS_MAX);
  return listenLinks(path, { kind: 'stream', mode: 0o666 }, (open) => {
    let leave = (): void => {};
    const admit = ({ uid }: { readonly uid: number }): boolean => {
      const owner = ownerOfUser(uid);
      if (!sessions.take(owner, 1)) return false;
      leave = () => sessions.give(owner, 1);
      return true;
    };
    serveSession(open, dependencies, streams, { admit, onEnd: () => leave() });
  });
}

/** The one directory of ours that every user may enter; nothing but the socket lies in it. Throws `agent.unsafe_directory`. */
function ensureOpenDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const stat = lstatSync(path);
  if (!stat.isDirectory() || stat.uid !== process.geteuid?.() || (stat.mode & 0o022) !== 0)
    throw new LazaretError('agent.unsafe_directory', 'This directory must be ours, and only we may write to it.', {
      where: path,
    });
}
