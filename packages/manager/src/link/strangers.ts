// SPDX-License-Identifier: Apache-2.0
// Who comes to the agents' port without a certificate of ours may activate, at once and once; whoever only holds a connection is dropped. Of the places
// that are left no address has more than half, so that one host does not keep all others from activation. Owns: these connections until they close.
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { shares } from '@lazaret/platform';
import { placeOf, readAddress } from '../server/index.ts';

export interface StrangerLimits {
  /** How many are connected at once. */
  readonly max: number;
  /** A stranger has this long to say what it wants. */
  readonly ms: number;
}

export const STRANGERS: StrangerLimits = { max: 1_000, ms: 5_000 };

export function dropStrangers(
  server: FastifyInstance,
  tls: Pick<TlsServer, 'on'>,
  { max, ms }: StrangerLimits = STRANGERS,
): void {
  const strangers = new Map<TLSSocket, NodeJS.Timeout>();
  const room = strangerRoom(max);
  tls.on('secureConnection', (socket) => {
    if (socket.authorized || socket.destroyed) return;
    const giveBack = room(socket.remoteAddress);
    if (giveBack === null) return void socket.destroy();
    strangers.set(
      socket,
      setTimeout(() => socket.destroy(), ms),
    );
    socket.once('close', () => {
      clearTimeout(strangers.get(socket));
      strangers.delete(socket);
      giveBack();
    });
  });
  // It has said all that it wants: its answer may take what it takes.
  server.addHook('preValidation', async (request) => clearTimeout(strangers.get(request.raw.socket as TLSSocket)));
  server.addHook('onSend', async (request, reply) => {
    if (strangers.has(request.raw.socket as TLSSocket)) void reply.header('connection', 'close');
  });
}

/** Takes a place for who calls from an address: null where it has its share already, else what gives the place back. An IPv6 host is its /64. */
export function strangerRoom(max: number): (address: string | undefined) => (() => void) | null {
  const room = shares<string>(max);
  return (address) => {
    const place = placeOf(readAddress(address ?? '') ?? 'unknown');
    return room.take(place, 1) ? () => room.give(place, 1) : null;
  };
}
