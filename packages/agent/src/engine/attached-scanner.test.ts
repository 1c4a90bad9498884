// SPDX-License-Identifier: Apache-2.0
// The engine over a scan process that somebody else started and starts again, as lazaret-supervisor does.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { HOST } from '@lazaret/host';
import { join } from 'node:path';
import { eicar, temporaryDirectory } from '@lazaret/testkit';
import type { Engine, EngineScan, LoadRequest } from './engine.ts';
import { startScanner, type ScannerProcess } from './scanner-process.ts';
import { startEngine } from './start-engine.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const SCAN: EngineScan = {
  profile: {
    compressionLayersMax: 5,
    nestingMax: 30,
    memberBytesMax: 2 ** 30,
    membersMax: 1_000,
    engineTimeMs: 30_000,
    walkTimeMs: 30_000,
    typeRule: null,
  },
  nameListed: false,
  scanClass: 'followUp',
  owner: 0,
  deadlineMs: 60_000,
};

interface Supervised {
  readonly engine: Engine;
  readonly load: LoadRequest;
  readonly scan: () => Promise<string>;
  /** The process that runs now, and how many there were. */
  readonly current: () => { readonly process: ScannerProcess; readonly starts: number };
}

async function supervise(t: TestContext, before: (scanner: ScannerProcess) => void = () => {}): Promise<Supervised> {
  const directory = temporaryDirectory(t);
  const program = {
    program: join(ROOT, '.build/native/bin/lazaret-scanner'),
    socketPath: join(directory, 'run/s'),
    workers: 1,
  };
  let ending = false;
  let starts = 0;
  let scanner = await startScanner(program);
  const keep = async (): Promise<void> => {
    for (;;) {
      starts += 1;
      await scanner.ended;
      if (ending) return;
      scanner = await startScanner(program);
    }
  };
  const kept = keep();
  before(scanner);
  const engine = await startEngine({ ...program, sockets: HOST.sockets, supervised: true });
  t.after(async () => {
    await engine.close();
    ending = true;
    scanner.kill();
    await kept;
  });
  const patterns = join(directory, 'patterns');
  mkdirSync(patterns);
  writeFileSync(join(patterns, 'eicar.ndb'), `Eicar:0:0:${eicar().toString('hex')}\n`);
  const sample = join(directory, 'sample');
  writeFileSync(sample, eicar());
  return {
    engine,
    load: { directory: patterns, canaries: [], requireEicar: false, expectedSignatures: null },
    current: () => ({ process: scanner, starts }),
    scan: async () => {
      const file = HOST.files.adopt(openSync(sample, 'r'));
      try {
        return (await engine.scan(file, SCAN)).verdict;
      } finally {
        file.close();
      }
    },
  };
}

test('a supervised scanner is attached to, and the next one has the release again', async (t) => {
  const { engine, load, scan, current } = await supervise(t);
  await engine.load(load);
  assert.equal(await scan(), 'infected');
  const { process } = current();
  assert.equal((await engine.status()).pid, process.pid);
  process.kill();
  assert.equal(await scan(), 'infected');
  assert.notEqual((await engine.status()).pid, process.pid);
  await engine.close();
  assert.equal(current().starts, 2, 'it is not ours to end');
});

test('a scanner that outlived its agent is not loaded a second time', async (t) => {
  const { engine, load } = await supervise(t);
  const { signatures } = await engine.load(load);
  const before = (await engine.status()).workerPids;
  assert.equal((await engine.load(load)).signatures, signatures);
  assert.deepEqual((await engine.status()).workerPids, before);
});

test('a scanner that hangs is ended by the pid at the other end of the link', {
  timeout: 120_000,
}, async (t) => {
  const { engine, load, scan, current } = await supervise(t);
  await engine.load(load);
  const hung = current().process;
  process.kill(hung.pid, 'SIGSTOP');
  assert.equal(await scan(), 'infected');
  await hung.ended;
});

test('a scanner that hangs already when it is attached to is ended, and the next one is taken', {
  timeout: 120_000,
}, async (t) => {
  const { engine, load, scan } = await supervise(t, ({ pid }) => void process.kill(pid, 'SIGSTOP'));
  await engine.load(load);
  assert.equal(await scan(), 'infected');
});

test("a profile's bytes are the 96 of the protocol", async (t) => {
  const { engine } = await supervise(t);
  const bytes = await engine.profileBytes(SCAN.profile);
  assert.deepEqual([bytes.length, bytes.readUInt32LE(0)], [96, 5]);
});
