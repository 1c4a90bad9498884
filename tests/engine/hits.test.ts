// SPDX-License-Identifier: Apache-2.0
// A worker that ends or hangs after a detection, over the engine as the agent uses it and over clamd's protocol: the file is infected all the same.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@lazaret/platform';
import type { Marker } from '@lazaret/testkit';
import { serveClamd } from '../../packages/agent/src/clamd/index.ts';
import { SCAN as UNHURRIED, startBench } from './bench.ts';

const DOOR = join(import.meta.dirname, '../../.build/native/bin/lazaret-clamd-door');
/** A worker that hangs is waited for. */
const SCAN = { ...UNHURRIED, deadlineMs: 1_500 };

/** What makes a worker end or hang the moment something was found in it. */
const fatal = (marker: Marker, kind: string): Buffer =>
  Buffer.from(`${['LAZARET', 'LATER', kind].join('-').padEnd(64, '.')}${marker.text}`);
const ENDS = { CRASH: 'engine-failure', EXIT: 'engine-failure', HANG: 'time' } as const;

test('LM-10a: the engine answers infected where a worker ended or hung after its detection, and says what was not read', async (t) => {
  const { engine, marker, open } = await startBench(t, 'scanner-faults');
  for (const [kind, reason] of Object.entries(ENDS)) {
    const answer = await engine.scan(open(kind, fatal(marker, kind)), SCAN);
    assert.deepEqual([answer.verdict, answer.threats.map(({ name }) => name)], ['infected', ['Found']], kind);
    assert.deepEqual(
      answer.unscanned.map((row) => row.reason),
      [reason],
      kind,
    );
  }
});

function stream(socket: string, bytes: Buffer): Promise<string> {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    let said = '';
    connection.on('data', (chunk) => (said += chunk.toString()));
    connection.on('close', () => resolve(said.replaceAll('\0', '')));
    connection.on('error', reject);
    connection.write(Buffer.concat([Buffer.from('zINSTREAM\0'), length, bytes, Buffer.alloc(4)]));
  });
}

test('LM-10a: clamd’s protocol answers FOUND where a worker ended or hung after its detection', async (t) => {
  const { engine, marker, directory } = await startBench(t, 'scanner-faults');
  const socket = join(directory, 'clamd', 'c');
  const spoolDirectory = join(directory, 'spool');
  mkdirSync(spoolDirectory, { mode: 0o700 });
  const clamd = serveClamd(socket, {
    scan: (descriptor) => engine.scan(descriptor, SCAN),
    reload: () => Promise.resolve(),
    version: () => 'a test',
    partly: () => 'ok',
    clock: systemClock,
    doorProgram: DOOR,
    spoolDirectory,
  });
  t.after(() => clamd.close());
  for (const kind of Object.keys(ENDS))
    assert.equal(await stream(socket, fatal(marker, kind)), 'stream: Found FOUND', kind);
  assert.equal(await stream(socket, Buffer.from('nothing in it')), 'stream: OK');
});
