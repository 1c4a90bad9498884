// SPDX-License-Identifier: Apache-2.0
// The agent's side of the control socket. It owns the listening socket and its file; the methods are passed in and own what they use. If a client disconnects,
// its running request is aborted.
import { createServer, type Server, type Socket } from 'node:net';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensurePrivatePlace } from '../state/index.ts';
import { toFault } from './fault.ts';
import { lineCutter } from './lines.ts';
import { LINE_BYTES_MAX, requestSchema, type ControlReply, type ControlRequest } from './protocol.ts';

export interface Call {
  readonly params: unknown;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** Sends an event ahead of the result; resolves when the client has room for more. */
  readonly send: (event: unknown) => Promise<void>;
}

export type ControlMethods = Readonly<Record<string, (call: Call) => unknown>>;

export interface ControlServer {
  close(): Promise<void>;
}

/** Listens on `path` with mode 0600. Rejects when the socket cannot be made. */
export async function serveControl(path: string, methods: ControlMethods): Promise<ControlServer> {
  ensurePrivatePlace(dirname(path));
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveClient(socket, methods);
  });
  await listen(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.end();
        server.close(() => resolve());
      }),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The socket is made inside this call, and must never be anybody else's, not even until a chmod.
    const before = process.umask(0o177);
    server.listen(path, () => resolve());
    process.umask(before);
  });
}

function serveClient(socket: Socket, methods: ControlMethods): void {
  const gone = new AbortController();
  const cut = lineCutter(LINE_BYTES_MAX);
  socket.on('close', () => gone.abort());
  socket.on('error', () => gone.abort());
  socket.on('data', (chunk) => {
    try {
      for (const line of cut(chunk as Buffer)) void answer(line, socket, methods, gone.signal);
    } catch {
      socket.destroy();
    }
  });
}

async function answer(line: string, socket: Socket, methods: ControlMethods, signal: AbortSignal): Promise<void> {
  const request = parseRequest(line);
  if (request === null) return void socket.destroy();
  await write(socket, await callMethod(request, socket, methods, signal));
}

async function callMethod(
  request: ControlRequest,
  socket: Socket,
  methods: ControlMethods,
  signal: AbortSignal,
): Promise<ControlReply> {
  const { id } = request;
  const method = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  if (method === undefined)
    return {
      id,
      error: { code: 'control.unknown_method', message: `The agent does not know the method ${request.method}.` },
    };
  try {
    const result = await method({ params: request.params, signal, send: (event) => write(socket, { id, event }) });
    return { id, result: result ?? null };
  } catch (error) {
    return { id, error: toFault(error) };
  }
}

function parseRequest(line: string): ControlRequest | null {
  try {
    return requestSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function write(socket: Socket, reply: ControlReply): Promise<void> {
  if (socket.destroyed || socket.writableEnded) return Promise.resolve();
  if (socket.write(`${encode(reply)}\n`)) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      socket.off('drain', finish);
      socket.off('close', finish);
      resolve();
    };
    socket.on('drain', finish);
    socket.on('close', finish);
  });
}

/** A result that is no JSON is a fault of ours: the caller is told, and the agent goes on. */
function encode(reply: ControlReply): string {
  try {
    return JSON.stringify(reply);
  } catch (error) {
    return JSON.stringify({ id: reply.id, error: toFault(error) });
  }
}
