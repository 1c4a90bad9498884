// SPDX-License-Identifier: Apache-2.0
// Requests and answers over a Unix socket to QEMU: its monitor, or the agent in the guest. Owns the socket; close() closes it.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatLine, isObject, JsonLines, type JsonObject } from './json-lines.ts';

/** What the other end refused, in its own words. */
export class Refused extends Error {}

const ENDED = 'QEMU has ended';

export class JsonLink {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #events = new Map<string, PromiseWithResolvers<void>[]>();
  #requests = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const lines = new JsonLines();
    socket.on('data', (chunk: Buffer) => {
      for (const object of lines.feed(chunk)) this.#take(object);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const { reject } of [...this.#waiting.values(), ...[...this.#events.values()].flat()])
        reject(new Error(ENDED));
    });
  }

  /** Resolves when somebody listens there. */
  static async connect(path: string, timeoutMs: number): Promise<JsonLink> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const socket = connect(path);
      try {
        await once(socket, 'connect');
        return new JsonLink(socket);
      } catch (error) {
        if (performance.now() > end) throw error;
        await sleep(50);
      }
    }
  }

  /** Rejects with `Refused` when the other end refuses, and when it says nothing in time. A late answer is nobody's. */
  async request(execute: string, given: JsonObject, timeoutMs: number): Promise<unknown> {
    if (this.#socket.destroyed) throw new Error(ENDED);
    const id = ++this.#requests;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    const silence = setTimeout(() => answer.reject(new Error(`no answer to ${execute} in ${timeoutMs} ms`)), timeoutMs);
    this.#socket.write(formatLine({ execute, arguments: given, id }));
    try {
      return await answer.promise;
    } finally {
      clearTimeout(silence);
      this.#waiting.delete(id);
    }
  }

  /** Resolves at the next event of this name; rejects when QEMU ends before. */
  event(name: string): Promise<void> {
    const next = Promise.withResolvers<void>();
    this.#events.set(name, [...(this.#events.get(name) ?? []), next]);
    return next.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take({ id, event, error, return: value }: JsonObject): void {
    if (typeof event === 'string') {
      this.#events.get(event)?.forEach(({ resolve }) => resolve());
      this.#events.delete(event);
    }
    // The greeting has no number, nor has the complaint about half a line that was under way when the guest went down.
    const answer = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (isObject(error)) answer?.reject(new Refused(String(error['desc'])));
    else answer?.resolve(value);
  }
}
