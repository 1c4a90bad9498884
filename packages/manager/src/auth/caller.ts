// SPDX-License-Identifier: Apache-2.0
// Where a sign-in attempt comes from. Attempts are counted and queued by it.
import { placeOf } from '@lazaret/platform';
import type { FastifyRequest } from 'fastify';
import { addressOf } from '../server/index.ts';
import type { Cookies } from './sessions/cookies.ts';
import type { Turn } from './sign-in/fair-queue.ts';
import { hashToken } from './factors/secrets.ts';

export interface Caller {
  /** One host, or one network of a host: see `placeOf`. */
  readonly place: string;
  /** The hash of the device cookie that it carries, known or not. */
  readonly device: Buffer | null;
}

export function callerOf(request: FastifyRequest, cookies: Cookies): Caller {
  const device = cookies.read(request, 'device');
  return { place: placeOf(addressOf(request)), device: device === null ? null : hashToken(device) };
}

export function turnOf({ place, device }: Caller, isKnown: boolean): Turn {
  return isKnown && device !== null ? { key: device.toString('hex'), known: true } : { key: place, known: false };
}

/** Of who is signed in already. */
export function turnOfPerson(userId: string): Turn {
  return { key: userId, known: true };
}
