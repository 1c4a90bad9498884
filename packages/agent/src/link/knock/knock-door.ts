// SPDX-License-Identifier: Apache-2.0
// Decides who may try the stand-by port, before TLS costs anything. The number of tries per second is limited, and each address leaves some tries to the
// others. The number of open connections is limited too: a newcomer replaces a connection of the address that has the most. An address from which a manager has
// knocked before is always let in. It owns the connections until they close.
import type { Server, Socket } from 'node:net';
import { type Clock, crowd, placeOf, shares, type Shares } from '@lazaret/platform';

const CONNECTIONS_MAX = 16;
const CONNECTIONS_A_SECOND = 20;
/** Of a place from which a manager has knocked: beside all others. */
const OF_MANAGER_A_SECOND = 5;
/** Managers of an installation, and their addresses of before. */
const PLACES_OF_MANAGERS_MAX = 16;

export interface KnockDoor {
  /** A manager proved itself from there. */
  remember(address: string | undefined): void;
  /** Ends what is connected: nobody is waited for. */
  close(): void;
}

/** Installs itself at `server`. `turnedAway` is called for each that may not try, or has to go. */
export function knockDoor(server: Server, clock: Clock, managers: Set<string>, turnedAway: () => void): KnockDoor {
  const connected = new Set<Socket>();
  const room = crowd<Socket>({ max: CONNECTIONS_MAX, placeMax: CONNECTIONS_MAX }, (socket) => turnAway(socket));
  const allow = rateLimit(clock, managers);
  const turnAway = (socket: Socket): void => {
    turnedAway();
    socket.resetAndDestroy();
  };
  server.prependListener('connection', (socket: Socket) => {
    const place = placeOf(socket.remoteAddress);
    if (!allow(place)) return turnAway(socket);
    connected.add(socket);
    // A manager takes no place that a stranger could take from it.
    if (!managers.has(place)) room.enter(socket, place);
    socket.once('close', () => {
      room.leave(socket);
      connected.delete(socket);
    });
  });
  return {
    remember: (address) => remember(managers, placeOf(address)),
    close: () => connected.forEach((socket) => socket.destroy()),
  };
}

/** The one that was heard last stands last. */
function remember(managers: Set<string>, place: string): void {
  managers.delete(place);
  const [oldest] = managers;
  if (managers.size >= PLACES_OF_MANAGERS_MAX && oldest !== undefined) managers.delete(oldest);
  managers.add(place);
}

function rateLimit(clock: Clock, managers: ReadonlySet<string>): (place: string) => boolean {
  let second = 0;
  let ofAll: Shares<string> = shares(CONNECTIONS_A_SECOND);
  let ofManagers = new Map<string, number>();
  return (place) => {
    const now = Math.floor(clock.monotonicMs() / 1_000);
    if (now !== second) [second, ofAll, ofManagers] = [now, shares(CONNECTIONS_A_SECOND), new Map()];
    const count = (ofManagers.get(place) ?? 0) + 1;
    if (!managers.has(place) || count > OF_MANAGER_A_SECOND) return ofAll.take(place, 1);
    ofManagers.set(place, count);
    return true;
  };
}
