// SPDX-License-Identifier: Apache-2.0
// The command line's side of the control socket. It owns one connection; `close` ends it.
import { createConnection, type Socket } from 'node:net';
import { LazaretError } from '@lazaret/core';
import { lineCutter } from './lines.ts';
import { LINE_BYTES_MAX, replySchema } from './protocol.ts';

export interface ControlClient {
  /**
   * Calls a method; `onEvent` gets what is sent ahead of the result. While it is at work nothing more is read, so that the agent waits, too. Rejects with the
   * agent's own fault.
   */
  call(method: string, params?: unknown, onEvent?: (event: unknown) => Promise<void> | void): Promise<unknown>;
  /** Calls that wait are rejected. */
  close(): void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: (event: unknown) => Promise<void> | void;
}

/** Connects to a running agent, or answers null when none listens there. Rejects with `cli.needs_root` where we may not ask. */
export async function connectControl(path: string): Promise<ControlClient | null> {
  const socket = await open(path);
  if (socket === null) return null;
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  void receive(socket, waiting);
  return {
    call: (method, params = null, onEvent = () => {}) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed || socket.writableEnded || socket.readableEnded) return reject(gone());
        const id = nextId++;
        waiting.set(id, { resolve, reject, onEvent });
        socket.write(`${JSON.stringify({ id, method, params })}\n`);
      }),
    close: () => {
      socket.end();
      endAll(waiting);
    },
  };
}

function open(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EACCES') return resolve(null);
      reject(
        new LazaretError('cli.needs_root', 'Only root can connect to the agent. Try sudo.', {
          where: path,
        }),
      );
    });
    socket.once('connect', () => resolve(socket));
  });
}

async function receive(socket: Socket, waiting: Map<number, Waiting>): Promise<void> {
  const cut = lineCutter(LINE_BYTES_MAX);
  socket.on('error', () => socket.destroy());
  try {
    for await (const chunk of socket) for (const line of cut(chunk as Buffer)) await settle(line, waiting);
  } catch {
    // What is no answer comes from no agent of ours.
    socket.destroy();
  } finally {
    endAll(waiting);
  }
}

function endAll(waiting: Map<number, Waiting>): void {
  for (const call of waiting.values()) call.reject(gone());
  waiting.clear();
}

function gone(): LazaretError {
  return new LazaretError('agent.gone', 'The agent ended before it answered.');
}

async function settle(line: string, waiting: Map<number, Waiting>): Promise<void> {
  const reply = replySchema.parse(JSON.parse(line));
  const call = waiting.get(reply.id);
  if (call === undefined) return;
  if ('event' in reply) {
    try {
      await call.onEvent(reply.event);
    } catch (error) {
      waiting.delete(reply.id);
      call.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return;
  }
  waiting.delete(reply.id);
  if ('error' in reply)
    call.reject(
      new LazaretError(
        reply.error.code,
        reply.error.message,
        reply.error.path === undefined ? {} : { where: reply.error.path },
      ),
    );
  else call.resolve(reply.result);
}
