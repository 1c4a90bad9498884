// SPDX-License-Identifier: Apache-2.0
// The address that a request comes from. A proxy's header is only text: it may have a port (then each connection would look different), brackets, a zone, or no
// address at all. One host has one form here, because limits count by it and the audit log stores it.
import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

/** An address in its shortest form: without port, brackets and zone, and IPv4 as IPv4. Where a proxy names none, the proxy's own. */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return readAddress(ip) ?? readAddress(socket.remoteAddress ?? '') ?? 'unknown';
}

/** `192.0.2.1:4711`, `[2001:db8::1]:443`, `[2001:db8::1]`, `fe80::1%eth0`; the port of IPv6 without brackets cannot be told from the address. */
const FORMS = /^(?:\[([^\]%]+)(?:%[^\]]*)?\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5}|([^%]+)(?:%.*)?)$/;
const LENGTH_MAX = 128;

/** Null: it is no address. */
export function readAddress(text: string): string | null {
  const form = text.length > LENGTH_MAX ? null : FORMS.exec(text.trim());
  const address = form?.[1] ?? form?.[2] ?? form?.[3] ?? '';
  // Numbers that stand for an address (`0x7f.1`) are nothing that a proxy writes.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return null;
  return ipaddr.process(address).toString();
}

/** Whether an address is among `networks`: addresses, and networks like `10.0.0.0/8`. */
export function isAmong(networks: readonly string[]): (address: string | undefined) => boolean {
  const all = new BlockList();
  for (const network of networks) {
    const [written = '', bits] = network.split('/');
    const address = ipaddr.parse(written).toString();
    if (bits === undefined) all.addAddress(address, familyOf(address));
    else all.addSubnet(address, Number(bits), familyOf(address));
  }
  return (text) => {
    const address = readAddress(text ?? '');
    return address !== null && all.check(address, familyOf(address));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
