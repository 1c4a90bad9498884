// SPDX-License-Identifier: Apache-2.0
// The engine with the real scan process, which is killed while it has a file in hand.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { HOST } from '@lazaret/host';
import type { OpenFile } from '@lazaret/host/ports';
import { join } from 'node:path';
import { eicar, temporaryDirectory } from '@lazaret/testkit';
import type { Engine, EngineScan } from './engine.ts';
import { startEngine } from './start-engine.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const SCAN: EngineScan = {
  profile: {
    compressionLayersMax: 5,
    nestingMax: 30,
    memberBytesMax: 2 ** 30,
    membersMax: 1_000,
    engineTimeMs: 120_000,
    walkTimeMs: 120_000,
    typeRule: null,
  },
  nameListed: false,
  scanClass: 'followUp',
  owner: 0,
  deadlineMs: 240_000,
};

interface Running {
  readonly engine: Engine;
  readonly directory: string;
  /** Resolves at the death with this number. */
  readonly died: (deaths: number) => Promise<void>;
  readonly openFile: (name: string, bytes: Buffer) => OpenFile;
}

const PROGRAM = join(ROOT, '.build/native/bin/lazaret-scanner');

async function start(t: TestContext, options: { program?: string; downMsMax?: number } = {}): Promise<Running> {
  const directory = temporaryDirectory(t);
  const deaths = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const engine = await startEngine({
    sockets: HOST.sockets,
    program: PROGRAM,
    socketPath: join(directory, 'run/s'),
    workers: 1,
    ...options,
    onRestart: (count) => deaths[count - 1]?.resolve(),
  });
  t.after(() => engine.close());
  mkdirSync(join(directory, 'patterns'));
  // A pattern that costs time at every byte, so that the file is still in hand when the process is killed.
  const slow = `rule Slow { strings: $a = /[a-y][^z]{1,200}[0-9]{3}zz/ condition: $a }`;
  writeFileSync(join(directory, 'patterns/slow.yar'), slow);
  writeFileSync(join(directory, 'patterns/eicar.ndb'), `Eicar:0:0:${eicar().toString('hex')}\n`);
  await engine.load({
    directory: join(directory, 'patterns'),
    canaries: [],
    requireEicar: false,
    expectedSignatures: null,
  });
  const openFile = (name: string, bytes: Buffer): OpenFile => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    const file = HOST.files.adopt(openSync(path, 'r'));
    t.after(() => file.close());
    return file;
  };
  return { engine, directory, openFile, died: (count) => deaths[count - 1]?.promise ?? Promise.resolve() };
}

/** Long enough in hand on any machine that a kill, sent at once, comes before its answer. */
const LONG = Buffer.alloc(192 * 1024 * 1024, 'the quick brown fox jumps over the la y dog, again and again. ');

test('a file whose scan process is killed once has its verdict from the next', async (t) => {
  const { engine, openFile, died } = await start(t);
  const { pid } = await engine.status();
  const answer = engine.scan(openFile('long', LONG), SCAN);
  process.kill(pid, 'SIGKILL');
  await died(1);
  assert.equal((await answer).verdict, 'clean');
  assert.equal((await engine.scan(openFile('eicar', eicar()), SCAN)).threats.length, 1, 'and the patterns are loaded');
});

test('a file that was in hand at two deaths is answered engine-failure, and the next one is scanned', async (t) => {
  const { engine, openFile, died } = await start(t);
  const answer = engine.scan(openFile('long', LONG), SCAN);
  process.kill((await engine.status()).pid, 'SIGKILL');
  await died(1);
  process.kill((await engine.status()).pid, 'SIGKILL');
  const { verdict, unscanned, bytes } = await answer;
  assert.equal(verdict, 'partly');
  assert.deepEqual(unscanned, [{ reason: 'engine-failure', layers: [], bytes: LONG.length }]);
  assert.equal(bytes, LONG.length);
  assert.equal((await engine.scan(openFile('eicar', eicar()), SCAN)).verdict, 'infected');
});

test('RT-9b: what is followed up waits until there is a scan process again, however long that takes; what somebody waits for is answered', async (t) => {
  const directory = temporaryDirectory(t);
  const held = join(directory, 'held');
  const program = join(directory, 'scanner');
  writeFileSync(program, `#!/bin/sh\n[ ! -e ${held} ] || exit 1\nexec ${PROGRAM} "$@"\n`, { mode: 0o755 });
  const { engine, openFile, died } = await start(t, { program, downMsMax: 0 });
  const file = openFile('eicar', eicar());
  const { pid } = await engine.status();
  writeFileSync(held, '');
  process.kill(pid, 'SIGKILL');
  await died(1);
  const followUp = engine.scan(file, SCAN);
  const { verdict, unscanned } = await engine.scan(file, { ...SCAN, scanClass: 'clamd' });
  assert.deepEqual([verdict, unscanned[0]?.reason], ['partly', 'engine-failure']);
  const gone = new AbortController();
  const cancelled = engine.scan(file, { ...SCAN, signal: gone.signal });
  gone.abort();
  await assert.rejects(cancelled, { code: 'scan.cancelled' });
  rmSync(held);
  assert.equal((await followUp).verdict, 'infected');
});

test('a program that is not there, or that ends at once, is told with what it said', async (t) => {
  const socketPath = join(temporaryDirectory(t), 'run/s');
  for (const program of ['/nowhere/scanner', '/bin/false'])
    await assert.rejects(startEngine({ sockets: HOST.sockets, program, socketPath, workers: 1 }), {
      code: 'scanner.start_failed',
    });
});
