// SPDX-License-Identifier: Apache-2.0
// Whose address a request comes from. What a proxy writes into its header is text: with a port (each connection would be somebody else), in brackets, with
// a zone, or no address at all. One host has one form here, because limits count by it and the audit keeps it.
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

/** An address in its shortest form: without port, brackets and zone, and IPv4 as IPv4. Where a proxy names none, the proxy's own. */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return readAddress(ip) ?? readAddress(socket.remoteAddress ?? '') ?? 'unknown';
}

/** `192.0.2.1:4711`, `[2001:db8::1]:443`, `[2001:db8::1]`, `fe80::1%eth0`; the port of IPv6 without brackets cannot be told from the address. */
const FORMS = /^(?:\[([^\]%]+)(?:%[^\]]*)?\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+)(?::\d{1,5})?|([^%]+)(?:%.*)?)$/;
const LENGTH_MAX = 128;

/** Null: it is no address. */
export function readAddress(text: string): string | null {
  const form = text.length > LENGTH_MAX ? null : FORMS.exec(text.trim());
  const address = form?.[1] ?? form?.[2] ?? form?.[3] ?? '';
  // Numbers that stand for an address (`0x7f.1`) are nothing that a proxy writes.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return null;
  return ipaddr.process(address).toString();
}

const NETWORK_BITS = 64;

/** What limits count by: an IPv6 host has a whole /64 of addresses to take turns with, so it counts as one. `address` as `addressOf` says it. */
export function placeOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const parsed = ipaddr.IPv6.parse(address);
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${NETWORK_BITS}`).toString()}/${NETWORK_BITS}`;
}
