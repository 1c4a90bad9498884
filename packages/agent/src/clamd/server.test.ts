// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { HOST } from '@lazaret/host';
import { systemClock } from '@lazaret/platform';
import { temporaryDirectory } from '@lazaret/testkit';
import { serveClamd } from './server.ts';

test('a client that asks for RELOAD without end has the patterns looked at once; each is answered', async (t) => {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  const path = join(directory, 'clamd.sock');
  let looks = 0;
  const listening = serveClamd(path, {
    files: HOST.files,
    sockets: HOST.sockets,
    scan: () => Promise.reject(new Error('no scan was asked for')),
    reload: async () => void (looks += 1),
    clock: systemClock,
    version: () => 'Test',
    partly: () => 'ok',
    doorProgram: join(import.meta.dirname, '../../../../.build/native/bin/lazaret-clamd-door'),
    spoolDirectory: directory,
  });
  t.after(() => listening.close());
  const ask = async (): Promise<string> => {
    const socket = createConnection(path);
    let said = '';
    socket.on('data', (bytes) => (said += bytes.toString()));
    socket.write('zRELOAD\0');
    await once(socket, 'close');
    return said;
  };
  const answers: string[] = [];
  for (let round = 0; round < 10; round++) answers.push(...(await Promise.all(Array.from({ length: 20 }, ask))));
  assert.deepEqual(answers, Array(200).fill('RELOADING\0'));
  assert.equal(looks, 1);
});
