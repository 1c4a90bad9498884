// SPDX-License-Identifier: Apache-2.0
// Where an attempt to sign in comes from: what it is counted by, and where it waits.
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { addressOf } from '../server/index.ts';
import type { Cookies } from './cookies.ts';
import type { Turn } from './fair-queue.ts';
import { hashToken } from './secrets.ts';

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

const NETWORK_BITS = 64;

/** An IPv6 host has a whole /64 of addresses to take turns with: it counts as one. `address` as `addressOf` says it. */
function placeOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const parsed = ipaddr.IPv6.parse(address);
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${NETWORK_BITS}`).toString()}/${NETWORK_BITS}`;
}

export function turnOf({ place, device }: Caller, isKnown: boolean): Turn {
  return isKnown && device !== null ? { key: device.toString('hex'), known: true } : { key: place, known: false };
}

/** Of who is signed in already. */
export function turnOfPerson(userId: string): Turn {
  return { key: userId, known: true };
}
