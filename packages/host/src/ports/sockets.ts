// SPDX-License-Identifier: Apache-2.0
// Sockets of one machine: links that know who is at the other end and can pass open files, and the door that lets strangers in. Descriptors that arrive are the
// receiver's; those that are sent stay open until `send` has resolved, and then are still the caller's.

/** `seqpacket` keeps messages apart, `stream` does not. */
export type SocketKind = 'seqpacket' | 'stream';

/** The process at the other end, as the system saw it when it connected. */
export interface Peer {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface LinkHandlers {
  /** One message, or whatever bytes came, with the descriptors that came along. */
  onMessage(bytes: Buffer, descriptors: readonly number[]): void;
  /** Once, when either side has closed. */
  onEnd(): void;
  /** Once, before `onEnd`: the other side sends no more, but may still read. Without this handler that is the end. */
  onHalfEnd?(): void;
}

export interface Link {
  /** Sends in order; resolves when the system has all of it. Rejects with EPIPE when the other side is gone. */
  send(bytes: Buffer, descriptors?: readonly number[]): Promise<void>;
  /** Stops (false) or starts reading: back-pressure towards the other side. */
  setReading(reading: boolean): void;
  peer(): Peer;
  close(): void;
}

export interface Listening {
  close(): void;
}

export interface DoorHandlers {
  /** Whose room a newcomer takes. What the door keeps of those who are not let in, it keeps for each owner. */
  ownerOf(peer: Peer): number;
  /** Whether one more of that owner's is let in. If so, `gone` follows for each, also where `opened` does not. */
  admits(owner: number): boolean;
  /** His process stands. The socket is yours. */
  opened(visitor: Visitor): void;
  /** His process is gone. One that waits for a stranger's program goes late, or never. */
  gone(guest: Guest): void;
}

export interface Guest {
  readonly peer: Peer;
  readonly owner: number;
}

export interface Visitor {
  readonly guest: Guest;
  readonly socket: number;
}

export interface Door {
  close(): void;
}

export interface Sockets {
  /** Throws ENOENT or ECONNREFUSED when nobody listens. */
  connect(path: string, kind: SocketKind, handlers: LinkHandlers): Link;
  /** A stale name at `path` is removed. `onConnection` gets a function that opens the link. */
  listen(
    path: string,
    options: { readonly kind: SocketKind; readonly mode: number },
    onConnection: (open: (handlers: LinkHandlers) => Link) => void,
  ): Listening;
  /** Where strangers come in. `program` holds what they pass, so that none of it comes into this process. */
  openDoor(path: string, program: string, handlers: DoorHandlers): Door;
  /** The conversation with a visitor. */
  welcome(visitor: Visitor, handlers: LinkHandlers): Link;
}
