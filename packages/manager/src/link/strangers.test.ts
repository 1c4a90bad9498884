// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strangerRoom } from './strangers.ts';

test('a /64 of IPv6 has half of the places like one host, IPv4 by either family is one address, and others find places', () => {
  const room = strangerRoom(16);
  const taken = Array.from({ length: 16 }, (_, at) => room(`2001:db8:0:1::${(at + 1).toString(16)}`));
  assert.equal(taken.filter((place) => place !== null).length, 8);
  const other = [room('2001:db8:0:2::1'), room('192.0.2.7'), room('::ffff:192.0.2.7'), room('192.0.2.7')];
  assert.ok(
    other.slice(0, 3).every((place) => place !== null),
    'a network beside it, and IPv4, find places',
  );
  for (const give of [...taken, ...other]) give?.();
  const again = Array.from({ length: 16 }, (_, at) => room(at % 2 === 0 ? '192.0.2.7' : '::ffff:192.0.2.7'));
  assert.equal(again.filter((place) => place !== null).length, 8, 'what was given back is free again');
});
