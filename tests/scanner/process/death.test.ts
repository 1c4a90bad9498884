// SPDX-License-Identifier: Apache-2.0
// At the scan process itself: whatever dies, every request has one answer, nothing is left behind, and it goes on.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HOST } from '@lazaret/host';
import { fullSize, makeMarker, makeZip, until, withinOnce } from '@lazaret/testkit';
import { openSession } from '../../../packages/agent/src/engine/session.ts';
import { REQUEST } from '../../../packages/agent/src/engine/answers/wire.ts';
import { type ScannerStatus, statusOf, untilStatus } from './scanner-status.ts';
import { SCHEDULED, startTestScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Death');
const files = { 'test.ndb': marker.signature };
const fault = (kind: string): Buffer => Buffer.from(['LAZARET', 'FAULT', kind].join('-').padEnd(64, '.'));

function activePids(now: ScannerStatus): { loader: number; workers: number[] } {
  const active = now.releases.find((release) => release.state === 'active');
  return {
    loader: active?.loaderPid ?? 0,
    workers: (active?.workers ?? []).filter((worker) => worker.ready).map(({ pid }) => pid),
  };
}

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

test('LM-10a: a file that crashes, ends, hangs or fills the engine costs its own verdict alone, and it is said', async (context) => {
  const scanner = await startTestScanner(context, files, { faults: true });
  const hasty = { ...SCHEDULED, engineTimeMs: 500, walkTimeMs: 500 };
  for (const kind of ['CRASH', 'EXIT', 'MEMORY']) {
    const [before, bad, after] = await Promise.all([
      scanner.scanBytes(makeZip([{ name: 'before.txt', content: marker.atEndOf(100) }])),
      scanner.scanBytes(fault(kind)),
      scanner.scanBytes(marker.atEndOf(100)),
    ]);
    assert.equal(before.verdict, 'infected', kind);
    assert.equal(after.verdict, 'infected', kind);
    assert.equal(bad.verdict, 'partly', kind);
    assert.deepEqual(bad.unscanned, [{ reason: 'engine-failure', layers: [], bytes: 64 }], kind);
    assert.deepEqual(bad.coverage, { lookedAt: 0, all: 1 });
  }
  const hang = await scanner.scanBytes(fault('HANG'), hasty, { deadlineMs: 300 });
  assert.deepEqual(
    hang.unscanned.map((row) => row.reason),
    ['time'],
  );
  assert.equal((await scanner.scanBytes(marker.atEndOf(100))).verdict, 'infected');
});

test('LM-10a: the product carries no fault point', async (context) => {
  const scanner = await startTestScanner(context, files);
  assert.equal((await scanner.scanBytes(fault('CRASH'))).verdict, 'clean');
});

test('LM-10a: workers killed −9 in a loop: every file has a verdict or a reason, no orphan, no descriptor left', async (context) => {
  const scanner = await startTestScanner(context, files);
  const count = fullSize ? 5000 : 1000;
  mkdirSync(join(scanner.directory, 'files'));
  const paths = Array.from({ length: count }, (_, index) => join(scanner.directory, 'files', `file-${index}.txt`));
  paths.forEach((path, index) =>
    writeFileSync(path, index % 2 ? marker.atEndOf(2000 + index) : Buffer.alloc(2000 + index, 'clean ')),
  );
  await untilStatus(scanner, (now) => activePids(now).workers.length === 2);
  await scanner.scanFile(paths[0] ?? '');
  const descriptorsBefore = openDescriptors(scanner.process.pid ?? 0);
  const seen = new Set<number>();
  let running = true;
  const killer = (async () => {
    while (running) {
      const { workers } = activePids(await statusOf(scanner));
      for (const pid of workers) seen.add(pid);
      const victim = workers.at(-1);
      if (victim !== undefined) killHard(victim);
      await pause(20);
    }
  })();
  const verdicts = new Map<string, number>();
  let next = 0;
  const reader = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const answer = await scanner.scanFile(paths[index] ?? '');
      verdicts.set(answer.verdict, (verdicts.get(answer.verdict) ?? 0) + 1);
      if (answer.verdict === 'partly')
        assert.deepEqual(
          answer.unscanned.map((row) => row.reason),
          ['engine-failure'],
        );
      else assert.equal(answer.verdict, index % 2 ? 'infected' : 'clean');
    }
  };
  await Promise.all(Array.from({ length: 8 }, reader));
  running = false;
  await killer;
  assert.equal(
    [...verdicts.values()].reduce((sum, value) => sum + value, 0),
    count,
  );
  const now = await untilStatus(
    scanner,
    (one) => activePids(one).workers.length === 2 && openDescriptors(one.pid) === descriptorsBefore && one.queued === 0,
  );
  assert.ok(now.workerDeaths > 0);
  const living = activePids(now).workers;
  assert.deepEqual(
    [...seen].filter((pid) => isAlive(pid) && !living.includes(pid)),
    [],
  );
});

test('LM-10a: a killed worker is back within a second', async (context) => {
  const scanner = await startTestScanner(context, files);
  await withinOnce(1_000, async () => {
    const { workers } = activePids(await untilStatus(scanner, (now) => activePids(now).workers.length === 2));
    const begin = performance.now();
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    assert.equal((await scanner.scanBytes(marker.atEndOf(100))).verdict !== 'clean', true);
    await untilStatus(scanner, (now) => activePids(now).workers.filter((pid) => !workers.includes(pid)).length === 2);
    return performance.now() - begin;
  });
});

test('PF-4b: the loader killed −9: its workers go on, another one takes its place', async (context) => {
  const scanner = await startTestScanner(context, files);
  const before = activePids(await untilStatus(scanner, (now) => activePids(now).workers.length === 2));
  process.kill(before.loader, 'SIGKILL');
  for (let round = 0; round < 20; round++)
    assert.equal((await scanner.scanBytes(marker.atEndOf(100))).verdict, 'infected');
  const after = activePids(
    await untilStatus(
      scanner,
      (now) =>
        activePids(now).loader !== before.loader && activePids(now).loader > 0 && activePids(now).workers.length === 2,
    ),
  );
  assert.equal((await scanner.scanBytes(marker.atEndOf(100))).verdict, 'infected');
  assert.ok(!isAlive(before.loader) && isAlive(after.loader));
});

test('LM-10a: the broker killed −9 takes loader and workers with it', async (context) => {
  const scanner = await startTestScanner(context, files);
  const { loader, workers } = activePids(await untilStatus(scanner, (now) => activePids(now).workers.length === 2));
  scanner.process.kill('SIGKILL');
  await once(scanner.process, 'exit');
  await until(() => ![loader, ...workers].some(isAlive), 'loader and workers have ended');
});

test('LM-10a: SIGTERM ends broker, loader and workers also while workers are being made', async (context) => {
  for (let round = 0; round < 25; round++) {
    const scanner = await startTestScanner(context, files, { workers: 4 });
    const { loader, workers } = activePids(await untilStatus(scanner, (now) => activePids(now).workers.length === 4));
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    await pause(round % 5);
    scanner.process.kill('SIGTERM');
    const late = setTimeout(() => scanner.process.kill('SIGKILL'), 30_000);
    const [code] = (await once(scanner.process, 'exit')) as [number | null];
    clearTimeout(late);
    assert.equal(code, 0, `round ${round}: it did not end by itself`);
    assert.ok(!isAlive(loader));
  }
});

test('LM-10a: a worker sees no file but its own temporary place, has no privilege and no network', async (context) => {
  const scanner = await startTestScanner(context, files);
  const { loader, workers } = activePids(await untilStatus(scanner, (now) => activePids(now).workers.length === 2));
  for (const pid of [loader, ...workers]) {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): string => new RegExp(`^${name}:[\\t ]*(.*)$`, 'm').exec(text)?.[1] ?? '';
    assert.equal(field('Name'), 'lazaret-scanner');
    assert.equal(field('NoNewPrivs'), '1');
    assert.equal(field('Seccomp'), '2');
    assert.equal(field('CapEff'), '0000000000000000');
    assert.equal(field('CapBnd'), '0000000000000000');
    assert.ok(!field('Uid').split('\t').includes('0'));
    assert.equal(field('Groups').trim(), '');
    const mounts = readFileSync(`/proc/${pid}/mounts`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    assert.ok(
      mounts.every((place) => place === '/' || place === '/patterns' || /^\/w\/\d+$/.test(place)),
      mounts.join(' '),
    );
    assert.match(readFileSync(`/proc/${pid}/mounts`, 'utf8'), /^\S+ \/patterns \S+ ro,/m);
    assert.deepEqual(
      readFileSync(`/proc/${pid}/net/dev`, 'utf8')
        .trim()
        .split('\n')
        .slice(2)
        .map((line) => line.trim().split(':')[0]),
      ['lo'],
    );
    for (const name of ['net', 'mnt', 'ipc', 'uts'])
      assert.notEqual(readlinkSync(`/proc/${pid}/ns/${name}`), readlinkSync(`/proc/self/ns/${name}`));
  }
});

test('PF-4b: a release switches while files are scanned: none waits for it, none goes unscanned', async (context) => {
  const scanner = await startTestScanner(context, files);
  const second = makeMarker('Test.Second');
  const other = join(scanner.directory, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'test.ndb'), marker.signature + second.signature);
  let running = true;
  let scanned = 0;
  const reader = async (): Promise<void> => {
    for (; running; scanned++) assert.equal((await scanner.scanBytes(marker.atEndOf(300))).verdict, 'infected');
  };
  const readers = Promise.all([reader(), reader(), reader()]);
  for (let round = 0; round < 6; round++) await scanner.load({ directory: round % 2 ? scanner.patterns : other });
  running = false;
  await readers;
  assert.ok(scanned > 0);
  await scanner.load({ directory: other });
  assert.equal((await scanner.scanBytes(second.atEndOf(100))).verdict, 'infected');
  const now = await untilStatus(scanner, (one) => one.releases.length === 1 && activePids(one).workers.length === 2);
  assert.equal(now.releases[0]?.directory, other);
});

test('PF-4a: a release is self-tested beside the old one: what fails is refused with its code, the old one stays', async (context) => {
  const scanner = await startTestScanner(context, {
    ...files,
    'rules.yar': 'rule found { strings: $a = "yara-marker-of-this-test" condition: $a }\n',
  });
  const make = (name: string, content: Record<string, string>): string => {
    const directory = join(scanner.directory, name);
    mkdirSync(directory);
    for (const [file, text] of Object.entries(content)) writeFileSync(join(directory, file), text);
    return directory;
  };
  const refused = (code: string, options: Parameters<TestScanner['load']>[0]): Promise<void> =>
    assert.rejects(scanner.load(options), { code });
  await refused('patterns.not_found', { directory: join(scanner.directory, 'nowhere') });
  await refused('patterns.load_failed', { directory: make('broken', { 'bad.ndb': 'this is no signature\n' }) });
  await refused('patterns.yara_invalid', {
    directory: make('bad-rule', { 'bad.yar': 'rule x { condition: no_such_thing }\n' }),
  });
  await refused('patterns.self_test_failed', { requireEicar: true });
  await refused('patterns.count_mismatch', { expected: 3 });
  const detected = join(scanner.directory, 'canary');
  writeFileSync(detected, marker.atEndOf(100));
  const canary = openSync(detected, 'r');
  await refused('patterns.canary_detected', { canaries: [canary] });
  closeSync(canary);
  assert.equal((await scanner.scanBytes(marker.atEndOf(100))).verdict, 'infected');
  await scanner.load({ expected: 2 });
  const [first, again] = [scanner.load(), scanner.load()];
  await assert.rejects(again, { code: 'patterns.load_in_progress' });
  await first;
});

test('LM-0c: YARA rules see the file and every layer in it; private rules name nothing', async (context) => {
  const text = marker.text;
  const scanner = await startTestScanner(context, {
    'rules.yar': `private rule hidden { strings: $a = "${text}" condition: $a }
rule shown { meta: name = "Shell.Test.Yara" strings: $a = "${text}" condition: $a }
rule unnamed { strings: $a = "${text}" condition: hidden and $a }\n`,
  });
  const answer = await scanner.scanBytes(makeZip([{ name: 'inside.txt', content: marker.atEndOf(400) }]));
  assert.deepEqual(
    answer.threats
      .map(({ name, engine, layers }) => ({ name, engine, layers }))
      .toSorted((left, right) => left.name.localeCompare(right.name)),
    [
      { name: 'Shell.Test.Yara', engine: 'yara', layers: ['inside.txt'] },
      { name: 'YARA.unnamed', engine: 'yara', layers: ['inside.txt'] },
    ],
  );
  assert.equal((await scanner.scanBytes(marker.atEndOf(100))).threats.length, 2);
});

test('LM-10a: cancelled requests and clients that leave cost nobody else an answer', async (context) => {
  const scanner = await startTestScanner(context, files);
  const slow = join(scanner.directory, 'slow');
  writeFileSync(slow, Buffer.alloc(6_000_000, 'text that takes its time, line after line after line\n'));
  const infected = join(scanner.directory, 'infected');
  writeFileSync(infected, marker.atEndOf(5000));
  for (let round = 0; round < 20; round++) {
    const stranger = openSession(HOST.sockets, scanner.socketPath, new Map(), () => undefined);
    const file = HOST.files.adopt(openSync(slow, 'r'));
    const request = { profile: SCHEDULED, nameListed: false, scanClass: 'run', owner: 0, deadlineMs: 0 } as const;
    const lost = [1, 2, 3].map(() => stranger.scan(file, request).catch((error: unknown) => error));
    await stranger.ask(REQUEST.ping);
    const mine = Array.from({ length: 6 }, () => scanner.scanFile(infected));
    await pause(round * 3);
    stranger.close();
    for (const answer of await Promise.all(mine)) assert.equal(answer.verdict, 'infected', JSON.stringify(answer));
    await Promise.all(lost);
    file.close();
  }
});

test('who stands still until a file is judged does not wait behind scans that nobody waits for', async (context) => {
  const scanner = await startTestScanner(context, files, { faults: true, workers: 1, urgentWorkers: 1 });
  const hang = join(scanner.directory, 'hang');
  writeFileSync(hang, fault('HANG'));
  const file = HOST.files.adopt(openSync(hang, 'r'));
  const stranger = openSession(HOST.sockets, scanner.socketPath, new Map(), () => undefined);
  let ended = 0;
  const request = { profile: SCHEDULED, nameListed: false, scanClass: 'run', owner: 0, deadlineMs: 0 } as const;
  const background = Array.from({ length: 20 }, () => stranger.scan(file, request).catch(() => ended++));
  await stranger.ask(REQUEST.ping);
  for (let round = 0; round < 50; round++) {
    const answer = await scanner.scanBytes(marker.atEndOf(5_000), SCHEDULED, { scanClass: 'open' });
    assert.equal(answer.verdict, 'infected');
  }
  assert.equal(ended, 0, 'all of the others still run or wait');
  stranger.close();
  await Promise.all(background);
  file.close();
});
