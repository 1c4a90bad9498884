// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { activationsInTurns } from './strangers.ts';

type Peer = Pick<TLSSocket, 'remoteAddress' | 'destroyed'>;

/** Four works that go on until `release`; what is asked for later waits behind them. */
function takenPlaces() {
  const told: [string, unknown][] = [];
  const activations = activationsInTurns({
    become: () => undefined,
    spare: (socket) => void told.push(['spare', socket.remoteAddress]),
    count: (socket) => void told.push(['count', socket.remoteAddress]),
    close: () => undefined,
  });
  const gate = Promise.withResolvers<void>();
  const peer = (remoteAddress: string): Peer => ({ remoteAddress, destroyed: false });
  const run = (socket: Peer, work: () => Promise<unknown>) => activations.run(socket as TLSSocket, work);
  const all: Promise<unknown>[] = [1, 2, 3, 4].map((at) => run(peer(`192.0.2.${at}`), () => gate.promise));
  return { told, peer, run, all, release: () => gate.resolve() };
}

test('activations of a greedy address stand before nobody of another one, an IPv6 network counts as one address', async () => {
  const { peer, run, all, release } = takenPlaces();
  const order: string[] = [];
  const ask = (address: string): void => void all.push(run(peer(address), async () => void order.push(address)));
  for (let at = 0; at < 20; at++) ask(`2001:db8:0:1::${at + 1}`);
  ask('198.51.100.7');
  release();
  await Promise.all(all);
  assert.equal(order.length, 21);
  assert.ok(order.indexOf('198.51.100.7') <= 1, order.join(' '));
});

test('an activation that has begun is spared until it is done, also when it fails; who has gone before its turn is not activated', async () => {
  const { told, peer, run, all, release } = takenPlaces();
  assert.equal(told.length, 4, 'spared at their begin');
  const gone = { ...peer('198.51.100.7') };
  let began = false;
  const asked = run(gone, async () => (began = true));
  gone.destroyed = true;
  const fails = run(peer('198.51.100.8'), () => Promise.reject(new Error('of the test')));
  release();
  await Promise.all(all);
  await assert.rejects(asked, { code: 'link.busy' });
  await assert.rejects(fails, /of the test/);
  assert.equal(began, false);
  assert.deepEqual(told.slice(-2), [
    ['spare', '198.51.100.8'],
    ['count', '198.51.100.8'],
  ]);
  assert.deepEqual(told.map(([what]) => what).toSorted(), [...Array(5).fill('count'), ...Array(5).fill('spare')]);
});
