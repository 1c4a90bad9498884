// SPDX-License-Identifier: Apache-2.0
// A user's own file system in user space, whose program takes every request and answers none: who waits for it can not even be killed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { INFECTED } from '../support/realtime-bench.ts';
import { makeRealtime, plant, within } from '../support/realtime-product.ts';
import { PROGRAMS } from '../support/places.ts';

const SERVER = join(PROGRAMS, 'silent-files.py');
const HOSTILE = '1001';

for (const word of ['open', 'close'] as const)
  test(`RT-9b: a user's file system in user space, open to all, that answers no ${word} stops no reader: infected files are refused, new mounts are watched`, {
    timeout: 300_000,
  }, async (t) => {
    const product = await makeRealtime(t, `mkdir hostile later; chown ${HOSTILE} hostile; ${plant(INFECTED)}`);
    const { mounts } = product;
    const server = mounts.start(
      'timeout',
      '-s',
      'KILL',
      '600',
      'python3',
      SERVER,
      mounts.inside('hostile'),
      word,
      '0',
      HOSTILE,
    );
    t.after(async () => {
      server.kill('SIGTERM');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    });
    if (server.stdout) await once(server.stdout, 'data');
    const realtime = await product.start('--watch', mounts.directory, '--action', 'deny');
    const ready = await realtime.line('ready');
    const user = ['--reuid', HOSTILE, '--regid', HOSTILE, '--clear-groups', 'timeout', '-s', 'KILL', '600'];
    const waiting = Array.from({ length: 8 }, (_, index) =>
      mounts.start('setpriv', ...user, 'head', '-c', '1', mounts.inside('hostile', `file${index}`)),
    );
    for (let round = 0; round < 20; round++) assert.match(within(mounts, `cat ${INFECTED}`).stderr, /not permitted/);
    const later = await realtime.line('detection', ({ path }) => String(path).endsWith(INFECTED));
    assert.equal(later['refused'] ?? true, true);
    const rows = (name: string): string => JSON.stringify(ready[name]);
    assert.doesNotMatch(rows('watching'), /"fuse"/);
    assert.match(rows('notCovered'), /"fuse".*a user's program answers for its files/);
    within(mounts, `mount -t tmpfs none later; ${plant('later/new.com')}`);
    for (let look = 0; within(mounts, 'cat later/new.com').code === 0; look++)
      assert.ok(look < 100, 'the new mount is watched');
    server.kill('SIGTERM');
    await Promise.all(waiting.map(async (child) => child.exitCode ?? child.signalCode ?? (await once(child, 'exit'))));
  });
