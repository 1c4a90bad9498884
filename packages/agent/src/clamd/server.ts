// SPDX-License-Identifier: Apache-2.0
// Serves clamd's protocol on a Unix socket, so that clamd clients (mail filters, file shares, clamdscan) can use Lazaret. It owns the door, the sessions and
// every descriptor that comes through the door. A path is opened with the rights of the caller, never with root's. The socket is open to all users of the VM,
// so each user gets a limited share of it.
import { dirname } from 'node:path';
import type { Door, Guest, Link } from '@lazaret/host/ports';
import { ownerOfUser, shares } from '@lazaret/platform';
import type { ClamdDependencies } from './dependencies.ts';
import { ensureOpenDirectory } from './open-directory.ts';
import { serveSession } from './session.ts';
import { reloads } from './reloads.ts';
import { streamSpool } from './stream-spool.ts';

/** Sessions at once. Of those that are left a user gets half; a further one is closed at once. Each is a process of the door's. */
const SESSIONS_MAX = 256;

export function serveClamd(path: string, dependencies: ClamdDependencies): Door {
  ensureOpenDirectory(dirname(path));
  const looks = reloads(() => dependencies.reload(), dependencies.clock);
  const streams = streamSpool(dependencies.spoolDirectory, dependencies.files);
  const sessions = shares<number>(SESSIONS_MAX);
  const visits = new Map<Guest, Link>();
  const door = dependencies.sockets.openDoor(path, dependencies.doorProgram, {
    ownerOf: ({ uid }) => ownerOfUser(uid),
    admits: (owner) => sessions.take(owner, 1),
    opened: (visitor) => {
      const link = serveSession(
        (handlers) => dependencies.sockets.welcome(visitor, handlers),
        { ...dependencies, reload: () => looks.ask() },
        streams,
      );
      visits.set(visitor.guest, link);
    },
    // Not when its session ends: a process that waits for its user's own program counts among his.
    gone: (guest) => {
      visits.get(guest)?.close();
      visits.delete(guest);
      sessions.give(guest.owner, 1);
    },
  });
  return {
    close: () => {
      looks.close();
      door.close();
      for (const link of visits.values()) link.close();
    },
  };
}
