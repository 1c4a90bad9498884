// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { seededRandom, testSeed } from '@lazaret/testkit';
import { crowd } from './crowd.ts';

function makeCrowd(max: number, placeMax = max) {
  const out: string[] = [];
  return { out, room: crowd<string>({ max, placeMax }, (guest) => out.push(guest)) };
}

test('who comes where it is full gets in, and the first of the greediest place goes', () => {
  const { room, out } = makeCrowd(4);
  for (const guest of ['a1', 'b1', 'b2', 'b3', 'c1', 'd1', 'e1']) room.enter(guest, guest.charAt(0));
  assert.deepEqual(out, ['b1', 'b2', 'a1'], 'b while it has the most; among equals the one that came first');
  assert.ok(room.has('e1') && !room.has('b1'));
  room.leave('e1');
  room.leave('e1');
  room.enter('f1', 'f');
  assert.equal(out.length, 3, 'a place that was left is free, once');
});

test('who comes from the greediest place itself gets in too, and one place has its own limit', () => {
  const { room, out } = makeCrowd(100, 2);
  for (const guest of ['a1', 'a2', 'a3']) room.enter(guest, 'a');
  assert.deepEqual(out, ['a1']);
  room.enter('a2', 'b');
  room.enter('a4', 'a');
  assert.deepEqual(out, ['a1'], 'who moved counts where it is');
});

test('whatever strangers do, never more are in than there is room, and a guest that came last is in', () => {
  const random = seededRandom(testSeed);
  const inside = new Set<number>();
  const room = crowd<number>({ max: 32, placeMax: 20 }, (guest) => inside.delete(guest));
  for (let guest = 0; guest < 20_000; guest++) {
    inside.add(guest);
    room.enter(guest, String(Math.floor(random() ** 3 * 100)));
    assert.ok(inside.has(guest) && inside.size <= 32);
    const left = Math.floor(random() * guest);
    if (random() < 0.2 && inside.delete(left)) room.leave(left);
  }
  assert.ok(inside.size > 16);
  for (const guest of inside) assert.ok(room.has(guest));
});

test('a guest of a place that has one stays until as many places as there is room have come after it', () => {
  const { room, out } = makeCrowd(16);
  for (let at = 0; at < 64; at++) room.enter(`greedy ${at}`, 'greedy');
  room.enter('honest', 'honest');
  for (let at = 0; at < 15; at++) room.enter(`one ${at}`, `place ${at}`);
  assert.ok(room.has('honest') && !out.includes('honest'));
});
