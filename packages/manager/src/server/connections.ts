// SPDX-License-Identifier: Apache-2.0
// Limits the connections of a port, from the moment they are accepted; with TLS nothing may have been said yet. Callers that have proved nothing are counted by
// their address, known callers by their identity. A newcomer is always accepted (see `crowd`). It owns no socket, but destroys those that have to go.
import type { Server, Socket } from 'node:net';
import { crowd, type CrowdLimits, placeOf } from '@lazaret/platform';

export interface ConnectionLimits {
  readonly strangers: CrowdLimits;
  readonly known: CrowdLimits;
}

export interface HeldConnections {
  /** Its peer has proved that it is `who`: from now on it counts as that. `socket` may be the one over TLS. */
  become(socket: Peer, who: string): void;
  /** It is none of ours to turn out until `count` is called: something is done for it that must not be broken off. */
  spare(socket: Peer): void;
  /** A stranger again. */
  count(socket: Peer): void;
  /** The port closes: who has not proved anything is not waited for. The server itself knows of no connection before TLS is done. */
  close(): void;
}

type Peer = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/** `isOurs`: peers that are not counted at all, like a proxy that counts its own clients. */
export function limitConnections(
  server: Pick<Server, 'prependListener'>,
  limits: ConnectionLimits,
  isOurs: (address: string | undefined) => boolean = () => false,
): HeldConnections {
  // A socket over TLS is another object than the one that was accepted; what both have is their two ends.
  const accepted = new Map<string, Socket>();
  const turnOut = (socket: Socket): void => void socket.destroy();
  const strangers = crowd<Socket>(limits.strangers, turnOut);
  const known = crowd<Socket>(limits.known, turnOut);
  let isClosing = false;
  // Before TLS takes it over.
  server.prependListener('connection', (socket: Socket) => {
    if (isClosing) return void socket.destroy();
    if (isOurs(socket.remoteAddress)) return;
    const ends = endsOf(socket);
    accepted.set(ends, socket);
    strangers.enter(socket, placeOf(socket.remoteAddress));
    socket.once('close', () => {
      strangers.leave(socket);
      known.leave(socket);
      // The same ends may be those of a new connection by now.
      if (accepted.get(ends) === socket) accepted.delete(ends);
    });
  });
  return {
    become: (peer, who) => {
      const socket = accepted.get(endsOf(peer));
      if (socket === undefined || socket.destroyed) return;
      strangers.leave(socket);
      // Not anew at each request: else the order would be that of their last ones, and whoever asks most would stay longest.
      if (!known.has(socket)) known.enter(socket, who);
    },
    spare: (peer) => {
      const socket = accepted.get(endsOf(peer));
      if (socket !== undefined) strangers.leave(socket);
    },
    count: (peer) => {
      const socket = accepted.get(endsOf(peer));
      if (socket !== undefined && !socket.destroyed) strangers.enter(socket, placeOf(socket.remoteAddress));
    },
    close: () => {
      isClosing = true;
      for (const socket of accepted.values()) if (strangers.has(socket)) socket.destroy();
    },
  };
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Peer): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
