// SPDX-License-Identifier: Apache-2.0
// The stand-by port (SY-7): a manager that proves itself by a certificate of the installation's authority knocks, and the agent calls back at once. Nothing
// is read and nothing is answered here. Strangers are turned away before they cost anything: so many connections a second, so many at once, a short time
// for the handshake, and no line in the log for any of them. Owns the listening socket; the wanted port may change at any time.
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import { MANAGER_SERVER_NAME } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import { findPortOwner } from './port-owner.ts';

export interface KnockIdentity {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authorities: readonly string[];
}

export interface KnockState {
  /** Null: off, or it could not be opened. */
  readonly port: number | null;
  readonly fault: { readonly code: string; readonly message: string } | null;
}

export interface KnockServer {
  /** Opens, moves or closes the port. Null: off. */
  want(port: number | null, identity: KnockIdentity | null): Promise<void>;
  state(): KnockState;
  /** Strangers since the start: counted, never logged. */
  turnedAway(): number;
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 16;
const CONNECTIONS_A_SECOND = 20;
const HANDSHAKE_MS = 3_000;

export function knockServer(clock: Clock, onKnock: () => void): KnockServer {
  let server: Server | null = null;
  let wanted = '';
  let state: KnockState = { port: null, fault: null };
  let turnedAway = 0;
  let turn: Promise<void> = Promise.resolve();
  const stranger = (): void => void turnedAway++;

  const change = async (port: number | null, identity: KnockIdentity | null): Promise<void> => {
    const next =
      port === null || identity === null ? 'off' : `${port} ${identity.certificate} ${identity.authorities.join()}`;
    if (next === wanted && state.fault === null) return;
    await closeServer(server);
    server = null;
    wanted = next;
    state = { port: null, fault: null };
    if (port === null || identity === null) return;
    try {
      server = await open(port, makeServer(identity, clock, onKnock, stranger));
      state = { port, fault: null };
    } catch (error) {
      const { code, message } =
        error instanceof LazaretError ? error : new LazaretError('link.knock_failed', String(error));
      state = { port: null, fault: { code, message } };
    }
  };

  return {
    want: (port, identity) => (turn = turn.then(() => change(port, identity))),
    state: () => state,
    turnedAway: () => turnedAway,
    close: async () => {
      await turn;
      await closeServer(server);
      server = null;
    },
  };
}

function makeServer(identity: KnockIdentity, clock: Clock, onKnock: () => void, stranger: () => void): Server {
  const server = createServer({
    cert: identity.certificate,
    key: identity.privateKey,
    ca: [...identity.authorities],
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: HANDSHAKE_MS,
  });
  const allow = rateLimit(clock);
  server.maxConnections = CONNECTIONS_MAX;
  // Before TLS spends anything on it.
  server.prependListener('connection', (socket: Socket) => {
    if (allow()) return;
    stranger();
    socket.resetAndDestroy();
  });
  server.on('tlsClientError', (_error, socket) => {
    stranger();
    socket.destroy();
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    if (isManager(socket)) onKnock();
    else stranger();
    socket.end();
    socket.setTimeout(HANDSHAKE_MS, () => socket.destroy());
  });
  return server;
}

/** Agents have certificates of the same authority: only a manager's has the manager's name. */
function isManager(socket: TLSSocket): boolean {
  const names = socket.getPeerCertificate().subjectaltname ?? '';
  return socket.authorized && names.split(', ').includes(`DNS:${MANAGER_SERVER_NAME}`);
}

function rateLimit(clock: Clock): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(clock.monotonicMs() / 1_000);
    if (now !== second) [second, count] = [now, 0];
    count += 1;
    return count <= CONNECTIONS_A_SECOND;
  };
}

/** Both families on one socket; IPv4 alone where the system has no IPv6 (SY-3a). */
async function open(port: number, server: Server): Promise<Server> {
  try {
    await listen(server, port, '::');
  } catch (error) {
    if (!isCode(error, 'EAFNOSUPPORT') && !isCode(error, 'EADDRNOTAVAIL')) throw explain(error, port);
    await listen(server, port, '0.0.0.0').catch((cause: unknown) => Promise.reject(explain(cause, port)));
  }
  return server;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function explain(error: unknown, port: number): LazaretError {
  if (!isCode(error, 'EADDRINUSE')) {
    const why = error instanceof Error ? error.message : String(error);
    return new LazaretError('link.knock_failed', `Port ${port} cannot be opened: ${why}.`, { cause: error });
  }
  const owner = findPortOwner(port) ?? 'another program';
  return new LazaretError('link.knock_port_taken', `Port ${port} is taken by ${owner}.`, { cause: error });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function closeServer(server: Server | null): Promise<void> {
  return new Promise((resolve) => {
    if (server === null) return resolve();
    server.close(() => resolve());
  });
}
