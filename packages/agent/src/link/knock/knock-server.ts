// SPDX-License-Identifier: Apache-2.0
// The stand-by port (SY-7). A manager proves itself with a certificate of the installation's authority, and the agent then checks in at once. The port reads
// nothing and answers nothing. Strangers are rejected before they cost anything (knock-door.ts); the handshake has a short time limit, and no stranger causes a
// log line. It owns the listening socket. The port number can change at any time.
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { MANAGER_SERVER_NAME } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import { knockDoor, type KnockDoor } from './knock-door.ts';
import { findPortOwner } from '@lazaret/host';

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

const HANDSHAKE_MS = 3_000;

export function knockServer(clock: Clock, onKnock: () => void): KnockServer {
  /** From where managers knocked. It outlives a change of the port. */
  const managers = new Set<string>();
  let open: Door | null = null;
  let wanted = '';
  let state: KnockState = { port: null, fault: null };
  let turnedAway = 0;
  let turn: Promise<void> = Promise.resolve();
  const stranger = (): void => void turnedAway++;

  const change = async (port: number | null, identity: KnockIdentity | null): Promise<void> => {
    const next =
      port === null || identity === null ? 'off' : `${port} ${identity.certificate} ${identity.authorities.join()}`;
    if (next === wanted && state.fault === null) return;
    await close(open);
    open = null;
    wanted = next;
    state = { port: null, fault: null };
    if (port === null || identity === null) return;
    try {
      open = await listenAt(port, makeServer(identity, clock, managers, onKnock, stranger));
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
      await close(open);
      open = null;
    },
  };
}

interface Door {
  readonly server: Server;
  readonly door: KnockDoor;
}

function makeServer(
  identity: KnockIdentity,
  clock: Clock,
  managers: Set<string>,
  onKnock: () => void,
  stranger: () => void,
): Door {
  const server = createServer({
    cert: identity.certificate,
    key: identity.privateKey,
    ca: [...identity.authorities],
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: HANDSHAKE_MS,
  });
  const door = knockDoor(server, clock, managers, stranger);
  server.on('tlsClientError', (_error, socket) => {
    stranger();
    socket.destroy();
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    if (isManager(socket)) {
      door.remember(socket.remoteAddress);
      onKnock();
    } else stranger();
    socket.end();
    socket.setTimeout(HANDSHAKE_MS, () => socket.destroy());
  });
  return { server, door };
}

/** Agents have certificates of the same authority: only a manager's has the manager's name. */
function isManager(socket: TLSSocket): boolean {
  const names = socket.getPeerCertificate().subjectaltname ?? '';
  return socket.authorized && names.split(', ').includes(`DNS:${MANAGER_SERVER_NAME}`);
}

/** Both families on one socket; IPv4 alone where the system has no IPv6 (SY-3a). */
async function listenAt(port: number, door: Door): Promise<Door> {
  try {
    await listen(door.server, port, '::');
  } catch (error) {
    if (!isCode(error, 'EAFNOSUPPORT') && !isCode(error, 'EADDRNOTAVAIL')) throw explain(error, port);
    await listen(door.server, port, '0.0.0.0').catch((cause: unknown) => Promise.reject(explain(cause, port)));
  }
  return door;
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
    return new LazaretError('link.knock_failed', `The stand-by port ${port} cannot be opened: ${why}.`, {
      cause: error,
    });
  }
  const owner = findPortOwner(port) ?? 'another program';
  return new LazaretError('link.knock_port_taken', `The stand-by port ${port} is used by ${owner}.`, { cause: error });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function close(open: Door | null): Promise<void> {
  return new Promise((resolve) => {
    if (open === null) return resolve();
    open.server.close(() => resolve());
    open.door.close();
  });
}
