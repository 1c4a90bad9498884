// SPDX-License-Identifier: Apache-2.0
// QEMU may end at any moment: nobody waits for its answer then. Here a server of the test's own stands where it does.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { JsonLink } from './json-link.ts';

const LONG_MS = 600_000;

test('when QEMU ends, who waits for an answer or an event hears of it, and so does who asks then', {
  timeout: 30_000,
}, async (t) => {
  const path = join(temporaryDirectory(t), 'monitor');
  const server = createServer().listen(path);
  t.after(() => server.close());
  await once(server, 'listening');
  const came = once(server, 'connection');
  const link = await JsonLink.connect(path, LONG_MS);
  const [other] = (await came) as [Socket];

  other.write('{"QMP": {}}\n{"event": "EARLY"}\n');
  const reset = link.event('RESET');
  const answer = link.request('query-status', {}, LONG_MS);
  await once(other, 'data');
  other.write('{"event": "RESET"}\n{"return": {"status": "running"}, "id": 1}\n');
  assert.deepEqual([await reset, await answer], [undefined, { status: 'running' }]);

  const waiting = [link.event('RESET'), link.request('query-status', {}, LONG_MS)];
  const refused = Promise.all(waiting.map((one) => assert.rejects(one, /QEMU has ended/)));
  other.destroy();
  await refused;
  await assert.rejects(link.request('query-status', {}, LONG_MS), /QEMU has ended/);
});
