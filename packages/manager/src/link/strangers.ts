// SPDX-License-Identifier: Apache-2.0
// Limits connections to the agents' port without a certificate of this installation. Such a caller may activate, at once and once; a connection that only waits
// is closed. It is counted from the moment it is accepted, before TLS. A newcomer is always accepted and replaces a connection of the address that has the
// most. Known VMs have a separate number of connections, which strangers cannot use up. It owns the timers of strangers.
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import { LazaretError } from '@lazaret/core';
import { placeOf } from '@lazaret/platform';
import type { FastifyInstance } from 'fastify';
import { type FairQueueLimits, fairQueue } from '../auth/index.ts';
import { type HeldConnections, limitConnections } from '../server/index.ts';

export interface StrangerLimits {
  /** How many are connected at once. */
  readonly max: number;
  /** A stranger has this long for its handshake, and as long again to say what it wants. */
  readonly ms: number;
}

export const STRANGERS: StrangerLimits = { max: 1_000, ms: 5_000 };

/** An agent keeps one, and opens a few for downloads and uploads. */
export const CONNECTIONS_OF_VM_MAX = 64;
const KNOWN_MAX = 50_000;

export function dropStrangers(
  server: FastifyInstance,
  tls: Pick<TlsServer, 'on' | 'prependListener'>,
  { max, ms }: StrangerLimits,
  ofVmMax: number,
): HeldConnections {
  const timers = new Map<TLSSocket, NodeJS.Timeout>();
  const connections = limitConnections(tls, {
    strangers: { max, placeMax: max },
    known: { max: KNOWN_MAX, placeMax: ofVmMax },
  });
  tls.on('secureConnection', (socket) => {
    if (socket.destroyed) return;
    if (socket.authorized) return connections.become(socket, whoIs(socket));
    timers.set(
      socket,
      setTimeout(() => socket.destroy(), ms),
    );
    socket.once('close', () => {
      clearTimeout(timers.get(socket));
      timers.delete(socket);
    });
  });
  // It has said all that it wants: its answer may take what it takes.
  server.addHook('preValidation', async (request) => clearTimeout(timers.get(request.raw.socket as TLSSocket)));
  server.addHook('onSend', async (request, reply) => {
    if (timers.has(request.raw.socket as TLSSocket)) void reply.header('connection', 'close');
  });
  server.addHook('preClose', async () => connections.close());
  return connections;
}

/** A copy of a certificate somewhere else is counted by itself: it takes no connection from the original. */
function whoIs(socket: TLSSocket): string {
  return `${socket.getPeerCertificate().fingerprint256} ${placeOf(socket.remoteAddress)}`;
}

const ACTIVATIONS: FairQueueLimits = { atOnceMax: 4, waitingMax: STRANGERS.max, waitingOfOneMax: STRANGERS.max / 2 };

export interface Activations {
  /** Does `work` in the turn of where `socket` comes from. Once begun it is not broken off; who has gone before has it not begun. Throws `link.busy`. */
  run<T>(socket: TLSSocket, work: () => Promise<T>): Promise<T>;
}

/** What strangers have the database do: a few at once, the addresses in turns. */
export function activationsInTurns(connections: HeldConnections): Activations {
  const queue = fairQueue(
    ACTIVATIONS,
    () => new LazaretError('link.busy', 'Too many VMs are being activated at the same time.'),
  );
  return {
    run: (socket, work) =>
      queue.run({ key: placeOf(socket.remoteAddress), known: false }, async () => {
        if (socket.destroyed)
          throw new LazaretError('link.busy', 'The connection was closed before it was the turn of this VM.');
        connections.spare(socket);
        try {
          return await work();
        } finally {
          connections.count(socket);
        }
      }),
  };
}
