// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { connectControl } from './client.ts';
import { serveControl } from './server.ts';

test('a user who is not root is told so by a running agent; no agent is null', async (t) => {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  const path = join(directory, 'agent.sock');
  assert.equal(await connectControl(path), null);
  const server = await serveControl(path, { ping: () => 'pong' });
  try {
    process.seteuid?.(65_534);
    await assert.rejects(connectControl(path), { code: 'cli.needs_root' });
  } finally {
    process.seteuid?.(0);
  }
  const client = await connectControl(path);
  assert.equal(await client?.call('ping'), 'pong');
  client?.close();
  await server.close();
});
