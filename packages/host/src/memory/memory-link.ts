// SPDX-License-Identifier: Apache-2.0
// Two ends of a link in memory. Messages come in a later turn of the event loop, as from a kernel, and who sends waits while the other end keeps too many.
import type { Link, LinkHandlers, Peer, SocketKind } from '../ports/sockets.ts';
import { fault } from './memory-fault.ts';

/** As a kernel's buffer: what is more waits at the sender. */
const QUEUE_BYTES_MAX = 212_992;

interface Message {
  bytes: Buffer;
  readonly descriptors: readonly number[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Gives a descriptor to the other process, and takes one back that nobody received. */
export interface DescriptorTable {
  copy(descriptor: number): number;
  close(descriptor: number): void;
}

export class MemoryEnd {
  readonly #kind: SocketKind;
  readonly #table: DescriptorTable;
  #handlers: LinkHandlers | null = null;
  #other: MemoryEnd | null = null;
  /** Sent and not yet received; the first of them is in the other end's buffer. */
  readonly #outgoing: Message[] = [];
  readonly #received: { readonly bytes: Buffer; readonly descriptors: readonly number[] }[] = [];
  #receivedBytes = 0;
  #isReading = true;
  #isWoken = false;
  #otherSends = true;
  #halfTold = false;
  #ended = false;

  constructor(kind: SocketKind, table: DescriptorTable) {
    this.#kind = kind;
    this.#table = table;
  }

  static pair(kind: SocketKind, table: DescriptorTable): readonly [MemoryEnd, MemoryEnd] {
    const [one, other] = [new MemoryEnd(kind, table), new MemoryEnd(kind, table)];
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  open(handlers: LinkHandlers, peer: Peer): Link {
    this.#handlers = handlers;
    this.#wake();
    return {
      send: (bytes, descriptors = []) => this.#send(bytes, descriptors),
      setReading: (reading) => {
        this.#isReading = reading;
        if (reading) this.#wake();
      },
      peer: () => peer,
      close: () => this.close(),
    };
  }

  /** Sends no more, and still reads. */
  halfClose(): void {
    if (this.#other === null) return;
    this.#other.#otherSends = false;
    this.#other.#wake();
  }

  close(): void {
    const other = this.#other;
    this.#end();
    if (other === null) return;
    other.#otherSends = false;
    other.#other = null;
    other.#wake();
  }

  #send(bytes: Buffer, descriptors: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended || this.#other === null) return reject(fault('EPIPE'));
      const copies = descriptors.map((descriptor) => this.#table.copy(descriptor));
      this.#outgoing.push({ bytes: Buffer.from(bytes), descriptors: copies, resolve, reject });
      this.#flush();
    });
  }

  #flush(): void {
    const other = this.#other;
    if (other === null) return;
    for (let first = this.#outgoing[0]; first !== undefined; first = this.#outgoing[0]) {
      if (other.#receivedBytes > 0 && other.#receivedBytes + first.bytes.length > QUEUE_BYTES_MAX) return;
      this.#outgoing.shift();
      other.#received.push(first);
      other.#receivedBytes += first.bytes.length;
      other.#wake();
      first.resolve();
    }
  }

  #wake(): void {
    if (this.#isWoken || this.#ended) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const handlers = this.#handlers;
    while (handlers !== null && this.#isReading && !this.#ended) {
      const message = this.#received.shift();
      if (message === undefined) return this.#deliverEnd(handlers);
      this.#receivedBytes -= message.bytes.length;
      // A stream has no edges: what came together is read together.
      const more = this.#kind === 'stream' ? this.#received.splice(0) : [];
      this.#receivedBytes -= more.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const all = [message, ...more];
      handlers.onMessage(
        Buffer.concat(all.map(({ bytes }) => bytes)),
        all.flatMap(({ descriptors }) => descriptors),
      );
      if (this.#other !== null) this.#other.#flush();
    }
  }

  #deliverEnd(handlers: LinkHandlers): void {
    if (this.#otherSends) return;
    if (this.#other === null || handlers.onHalfEnd === undefined) return this.close();
    if (!this.#halfTold) handlers.onHalfEnd();
    this.#halfTold = true;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#other = null;
    const unsent = this.#outgoing.splice(0);
    for (const { descriptors } of [...this.#received, ...unsent])
      descriptors.forEach((each) => this.#table.close(each));
    for (const { reject } of unsent) reject(fault('EPIPE'));
    const handlers = this.#handlers;
    if (handlers !== null) setImmediate(() => handlers.onEnd());
  }
}
