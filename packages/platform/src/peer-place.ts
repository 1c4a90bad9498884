// SPDX-License-Identifier: Apache-2.0
// What limits count a peer by. An IPv6 host has a whole /64 of addresses to take turns with, so it counts as one; IPv4 is one address by either family. Pure.
import { isIP } from 'node:net';

const NETWORK_GROUPS = 4;

/** `address` as a socket says it (`remoteAddress`): with a zone perhaps, or none at all when the peer has gone. */
export function placeOf(address: string | undefined): string {
  const bare = (address ?? 'unknown').replace(/%.*$/s, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  return isIP(bare) === 6 ? `${groupsOf(bare).slice(0, NETWORK_GROUPS).join(':')}::/64` : bare;
}

/** The eight groups of a valid IPv6 address, without leading zeros. */
function groupsOf(address: string): readonly string[] {
  const [left = [], right = []] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  // An IPv4 address at the end stands for two groups.
  const given = left.length + right.length + (address.includes('.') ? 1 : 0);
  const zeros = Array.from({ length: 8 - given }, () => '0');
  return [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, ''));
}
