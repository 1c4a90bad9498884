// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { seededRandom, testSeed } from '@lazaret/testkit';
import { shares } from './shares.ts';

test('however many owners take all that they can, a newcomer gets some, and what is given back is whole again', () => {
  const random = seededRandom(testSeed);
  const room = shares<number>(256);
  const held = new Map<number, number>();
  for (let step = 0; step < 20_000; step++) {
    const owner = Math.floor(random() * 20);
    if (random() < 0.9 && room.take(owner, 1)) held.set(owner, (held.get(owner) ?? 0) + 1);
    else if ((held.get(owner) ?? 0) > 0 && random() < 0.1) {
      room.give(owner, 1);
      held.set(owner, (held.get(owner) ?? 0) - 1);
    }
    assert.ok(room.take(1_000, 1), 'there is room for who has none');
    room.give(1_000, 1);
  }
  for (const [owner, amount] of held) room.give(owner, amount);
  assert.ok(room.take(7, 128) && !room.take(7, 1), 'one alone has half');
});
