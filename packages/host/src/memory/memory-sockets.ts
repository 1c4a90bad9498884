// SPDX-License-Identifier: Apache-2.0
// The port *sockets* in memory: names that somebody listens at, and links between two ends of this process.
import type { Guest, Link, LinkHandlers, Peer, SocketKind, Sockets, Visitor } from '../ports/sockets.ts';
import { fault } from './memory-fault.ts';
import { MemoryEnd, type DescriptorTable } from './memory-link.ts';

interface Listener {
  readonly kind: SocketKind;
  take(end: MemoryEnd): void;
}

/** A client that is none of ours: it may end its own direction. */
export interface Stranger {
  readonly link: Link;
  halfClose(): void;
}

export interface MemorySockets extends Sockets {
  connectStranger(path: string, kind: SocketKind, handlers: LinkHandlers): Stranger;
}

export function memorySockets(table: DescriptorTable, peer: Peer): MemorySockets {
  const listeners = new Map<string, Listener>();
  const visitors = new Map<number, { readonly end: MemoryEnd; readonly gone: () => void }>();
  let visits = 0;
  const connectStranger: MemorySockets['connectStranger'] = (path, kind, handlers) => {
    const listener = listeners.get(path);
    if (listener === undefined) throw fault('ENOENT');
    if (listener.kind !== kind) throw fault('EPROTOTYPE');
    const [own, other] = MemoryEnd.pair(kind, table);
    setImmediate(() => listener.take(other));
    return { link: own.open(handlers, peer), halfClose: () => own.halfClose() };
  };
  const listenAt = (path: string, listener: Listener): { close(): void } => {
    listeners.set(path, listener);
    return { close: () => void (listeners.get(path) === listener && listeners.delete(path)) };
  };
  return {
    connectStranger,
    connect: (path, kind, handlers) => connectStranger(path, kind, handlers).link,
    listen: (path, { kind }, onConnection) =>
      listenAt(path, { kind, take: (end) => onConnection((handlers) => end.open(handlers, peer)) }),
    openDoor: (path, _program, handlers) =>
      listenAt(path, {
        kind: 'stream',
        take: (end) => {
          const guest: Guest = { peer, owner: handlers.ownerOf(peer) };
          if (!handlers.admits(guest.owner)) return end.close();
          const socket = ++visits;
          visitors.set(socket, { end, gone: () => handlers.gone(guest) });
          handlers.opened({ guest, socket });
          return undefined;
        },
      }),
    welcome: ({ guest, socket }: Visitor, handlers) => {
      const visit = visitors.get(socket);
      if (visit === undefined) throw fault('EBADF');
      visitors.delete(socket);
      const onEnd = (): void => {
        handlers.onEnd();
        visit.gone();
      };
      return visit.end.open({ ...handlers, onEnd }, guest.peer);
    },
  };
}
