// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { freePort } from './ports.ts';

test('a port is given once, can be listened on, and lies outside the ephemeral range', async (t) => {
  const ports = await Promise.all(Array.from({ length: 300 }, freePort));
  assert.equal(new Set(ports).size, ports.length);
  assert.ok(ports.every((port) => port < 32_768));
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(ports[0], '::', resolve));
});
