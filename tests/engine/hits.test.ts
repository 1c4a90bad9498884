// SPDX-License-Identifier: Apache-2.0
// A worker that ends or hangs after a detection, over the engine as the agent uses it and over clamd's protocol: the file is infected all the same.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@lazaret/platform';
import { makeMarker, temporaryDirectory } from '@lazaret/testkit';
import { serveClamd } from '../../packages/agent/src/clamd/index.ts';
import { startEngine, type Engine, type EngineScan } from '../../packages/agent/src/engine/index.ts';

const PROGRAM = join(import.meta.dirname, '../../.build/native/bin/lazaret-scanner-faults');
const DOOR = join(import.meta.dirname, '../../.build/native/bin/lazaret-clamd-door');
const SCAN: EngineScan = {
  profile: {
    compressionLayersMax: 5,
    nestingMax: 30,
    memberBytesMax: 30 * 2 ** 20,
    membersMax: 10_000,
    engineTimeMs: 120_000,
    walkTimeMs: 120_000,
    typeRule: null,
  },
  nameListed: false,
  scanClass: 'run',
  owner: 0,
  deadlineMs: 1_500,
};
const marker = makeMarker('Found');

/** What makes a worker end or hang the moment something was found in it. */
const fatal = (kind: string): Buffer =>
  Buffer.from(`${['LAZARET', 'LATER', kind].join('-').padEnd(64, '.')}${marker.text}`);
const ENDS = { CRASH: 'engine-failure', EXIT: 'engine-failure', HANG: 'time' } as const;

async function setUp(t: TestContext): Promise<{ readonly engine: Engine; readonly directory: string }> {
  const directory = temporaryDirectory(t);
  const patterns = join(directory, 'patterns');
  mkdirSync(patterns, { mode: 0o755 });
  writeFileSync(join(patterns, 'markers.ndb'), marker.signature);
  const engine = await startEngine({ program: PROGRAM, socketPath: join(directory, 's'), workers: 2 });
  t.after(() => engine.close());
  await engine.load({ directory: patterns, canaries: [], requireEicar: false, expectedSignatures: 1 });
  return { engine, directory };
}

test('LM-10a: the engine answers infected where a worker ended or hung after its detection, and says what was not read', async (t) => {
  const { engine, directory } = await setUp(t);
  for (const [kind, reason] of Object.entries(ENDS)) {
    const path = join(directory, kind);
    writeFileSync(path, fatal(kind));
    const descriptor = openSync(path, 'r');
    const answer = await engine.scan(descriptor, SCAN);
    closeSync(descriptor);
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
  const { engine, directory } = await setUp(t);
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
  for (const kind of Object.keys(ENDS)) assert.equal(await stream(socket, fatal(kind)), 'stream: Found FOUND', kind);
  assert.equal(await stream(socket, Buffer.from('nothing in it')), 'stream: OK');
});
