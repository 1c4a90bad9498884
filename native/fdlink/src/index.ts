// SPDX-License-Identifier: Apache-2.0
// Unix sockets that pass open descriptors, which node:net cannot. Two kinds: `seqpacket` keeps messages apart, `stream`
// does not (clamd's protocol). Owns its sockets. Descriptors that arrive belong to the receiver; those that are sent must
// stay open until `send` has resolved, and then are still the caller's.
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';

export type SocketKind = 'seqpacket' | 'stream';

/** The process at the other end, as the kernel saw it when it connected. */
export interface Peer {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface LinkHandlers {
  /** One message (seqpacket) or whatever bytes came (stream), with the descriptors that came along: they are yours now. */
  onMessage(bytes: Buffer, descriptors: readonly number[]): void;
  /** Once, when either side has closed. */
  onEnd(): void;
  /** Once, before `onEnd`: the other side sends no more, but may still read. Without this handler that is the end. */
  onHalfEnd?(): void;
}

export interface Link {
  /** Sends in order; resolves when the kernel has all of it. Rejects with EPIPE when the other side is gone. */
  send(bytes: Buffer, descriptors?: readonly number[]): Promise<void>;
  /** Stops (false) or starts reading: back-pressure towards the other side. */
  setReading(reading: boolean): void;
  peer(): Peer;
  close(): void;
}

export interface Listening {
  close(): void;
}

interface NativeLink {
  send(bytes: Buffer, descriptors: readonly number[]): number;
  wantWrite(): void;
  setReading(reading: boolean): void;
  peer(): Peer;
  close(): void;
}

interface Native {
  readonly Link: new (
    socket: number,
    onMessage: (bytes: Buffer, descriptors: number[]) => void,
    onWritable: () => void,
    onEnd: () => void,
    onHalfEnd: (() => void) | undefined,
  ) => NativeLink;
  readonly Listener: new (socket: number, onConnection: (socket: number) => void) => Listening;
  connect(path: string, kind: SocketKind): number;
  listen(path: string, kind: SocketKind, mode: number): number;
  pair(): [number, number];
}

const native = createRequire(import.meta.url)('../../../.build/native/addon/fdlink.node') as Native;

/** Connects to the socket at `path`. Throws an Error with the errno's name as `code` when nobody listens. */
export function connectLink(path: string, kind: SocketKind, handlers: LinkHandlers): Link {
  return openLink(native.connect(path, kind), handlers);
}

/** Listens at `path` (a stale file of that name is removed). `onConnection` gets a function that opens the link. */
export function listenLinks(
  path: string,
  options: { readonly kind: SocketKind; readonly mode: number },
  onConnection: (open: (handlers: LinkHandlers) => Link) => void,
): Listening {
  rmSync(path, { force: true });
  const listener = new native.Listener(native.listen(path, options.kind, options.mode), (socket) =>
    onConnection((handlers) => openLink(socket, handlers)),
  );
  return {
    close: () => {
      listener.close();
      rmSync(path, { force: true });
    },
  };
}

/** A listening socket at `path` (a stale file of that name is removed) that another process shall accept from. The descriptor is the caller's. */
export function listenForOther(path: string, options: { readonly kind: SocketKind; readonly mode: number }): number {
  rmSync(path, { force: true });
  return native.listen(path, options.kind, options.mode);
}

/** A link to whoever gets the other end, a `seqpacket` descriptor; that one is the caller's to hand on and to close. */
export function linkPair(handlers: LinkHandlers): { readonly link: Link; readonly other: number } {
  const [own, other] = native.pair();
  return { link: openLink(own, handlers), other };
}

/** A link over a connected socket that came as a descriptor. Takes it, also when it fails. */
export function linkOver(descriptor: number, handlers: LinkHandlers): Link {
  return openLink(descriptor, handlers);
}

interface Waiting {
  bytes: Buffer;
  descriptors: readonly number[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function openLink(socket: number, handlers: LinkHandlers): Link {
  const queue: Waiting[] = [];
  let ended = false;
  const flush = (): void => {
    while (queue[0] !== undefined) {
      const first = queue[0];
      try {
        const sent = link.send(first.bytes, first.descriptors);
        if (sent < 0) return link.wantWrite();
        first.bytes = first.bytes.subarray(sent);
        first.descriptors = [];
        if (first.bytes.length > 0) continue;
        first.resolve();
      } catch (error) {
        first.reject(error as Error);
      }
      queue.shift();
    }
  };
  const end = (): void => {
    ended = true;
    for (const waiting of queue.splice(0)) waiting.reject(gone());
    handlers.onEnd();
  };
  const message = (bytes: Buffer, descriptors: number[]): void => handlers.onMessage(bytes, descriptors);
  const halfEnd = handlers.onHalfEnd && (() => handlers.onHalfEnd?.());
  const link = new native.Link(socket, message, flush, end, halfEnd);
  return {
    send: (bytes, descriptors = []) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(gone());
        queue.push({ bytes, descriptors, resolve, reject });
        if (queue.length === 1) flush();
      }),
    setReading: (reading) => {
      if (!ended) link.setReading(reading);
    },
    peer: () => link.peer(),
    close: () => {
      if (!ended) link.close();
    },
  };
}

function gone(): Error {
  return Object.assign(new Error('the other side has closed the socket'), { code: 'EPIPE' });
}
