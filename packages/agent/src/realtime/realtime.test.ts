// SPDX-License-Identifier: Apache-2.0
// Real-time's side of the agent against a stand-in of the gate's socket: what it tells the gate, and what becomes of what the gate says. The real gate is
// met in e2e/realtime.test.ts.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ActionRow, GateConfiguration, ScannerAnswer } from '@lazaret/contract';
import { defaultPolicy, type RealtimeSettings } from '@lazaret/core';
import { systemClock } from '@lazaret/platform';
import { temporaryDirectory } from '@lazaret/testkit';
import { acceptPolicy } from '../policy/index.ts';
import type { InfectedFile } from '../scan/index.ts';
import { openRealtime } from './realtime.ts';
import { testGate, type TestGate } from './test-gate.ts';
import type { Realtime, RealtimeDetection, RealtimeFacts, RealtimeParts } from './types.ts';

const STARTER = { types: [], textTypes: [], listedNames: [] };
const INFECTED = 'infected';

function answerOf(text: string): ScannerAnswer {
  const infected = text === INFECTED;
  return {
    verdict: infected ? 'infected' : 'clean',
    threats: infected ? [{ name: 'Test.Virus', engine: 'yara', layers: [] }] : [],
    unscanned: [],
    trueType: 'text',
    bytes: text.length,
    sha256: null,
    coverage: { lookedAt: 1, all: 1 },
    timeMs: 1,
  };
}

interface Bench {
  readonly directory: string;
  readonly gate: TestGate;
  readonly realtime: Realtime;
  readonly acted: readonly { readonly file: InfectedFile; readonly facts: RealtimeFacts; readonly inode: number }[];
  readonly events: readonly { readonly type: string; readonly [field: string]: unknown }[];
  readonly setPolicy: (realtime: Partial<RealtimeSettings>) => void;
  /** Resolves when an event of this type, and of these fields, was appended. */
  readonly event: (type: string, fields?: object) => Promise<Record<string, unknown>>;
  readonly told: readonly RealtimeDetection[];
  /** Ends it, as SIGTERM does. */
  readonly stop: () => Promise<void>;
}

interface BenchOptions {
  readonly gate?: boolean;
  readonly mode?: 'permission' | 'notification';
  readonly supervised?: boolean;
  /** When the heartbeat of another supervisor last was. */
  readonly aliveMs?: number;
  readonly otherListener?: string;
  /** No scan ends before. */
  readonly scansEnd?: Promise<void>;
  readonly policy?: Partial<RealtimeSettings>;
}

async function bench(t: TestContext, options: BenchOptions = {}): Promise<Bench> {
  const base = temporaryDirectory(t);
  const [directory, run] = [join(base, 'files'), join(base, 'run')];
  mkdirSync(directory);
  mkdirSync(run);
  const aliveFile = join(base, 'alive');
  if (options.aliveMs !== undefined) {
    writeFileSync(aliveFile, '1-1-00000000\n');
    utimesSync(aliveFile, options.aliveMs / 1_000, options.aliveMs / 1_000);
  }
  const gate = testGate(join(run, 'gate.sock'), options.mode);
  const entries = [{ path: directory, subdirectories: true }];
  const inForceOf = (realtime: Partial<RealtimeSettings>): ReturnType<typeof acceptPolicy> =>
    acceptPolicy(
      {
        ...defaultPolicy,
        realtime: { ...defaultPolicy.realtime, directories: { kind: 'list', entries }, ...realtime },
      },
      'the test',
    );
  let inForce = inForceOf(options.policy ?? {});
  const events: { type: string; [field: string]: unknown }[] = [];
  const acted: { file: InfectedFile; facts: RealtimeFacts; inode: number }[] = [];
  const told: RealtimeDetection[] = [];
  let wake = Promise.withResolvers<void>();
  const parts: RealtimeParts = {
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    engine: {
      profileBytes: () => Promise.resolve(Buffer.alloc(96)),
      scan: async (descriptor) => {
        await options.scansEnd;
        const bytes = Buffer.alloc(INFECTED.length);
        readSync(descriptor, bytes, 0, bytes.length, 0);
        return answerOf(bytes.toString());
      },
    },
    spool: {
      append: (type, fields) => {
        events.push({ type, ...fields });
        wake.resolve();
        wake = Promise.withResolvers();
        return events.length;
      },
    },
    gateSocket: join(run, 'gate.sock'),
    privateDirectory: run,
    aliveFile,
    ownDirectories: [run],
    supervisorPid: options.supervised === false ? null : process.pid,
    listener: {
      ready: () => {},
      state: () => {},
      letThrough: () => {},
      gap: () => {},
      detection: (detection) => void told.push(detection),
    },
    inForce: () => inForce,
    tables: () => ({
      intelliScan: STARTER,
      kinds: [],
      kindOf: () => 'virus',
      actions: { realtime: {}, scheduled: {}, manual: {} },
    }),
    patternRelease: () => 'starter-000000000000',
    zone: () => 'UTC',
    otherListener: () => options.otherListener ?? null,
    act: async (file, facts) => {
      acted.push({ file, facts, inode: fstatSync(file.descriptor).ino });
      const { action } = inForce.policy.realtime;
      const primary = action.kind === 'custom' ? action.primary : 'quarantine';
      if (primary === 'deny') await facts.deny();
      const row: ActionRow = {
        primary: { action: primary, result: 'done' },
        notify: false,
        decidedBy: '/realtime/action',
      };
      parts.spool.append('detection', { path: file.text, ...facts, deny: undefined });
      return row;
    },
  };
  const realtime = openRealtime(parts);
  const end = new AbortController();
  const ended = realtime.run(end.signal);
  const stop = async (): Promise<void> => {
    end.abort();
    await ended;
    gate.close();
  };
  t.after(stop);
  const event: Bench['event'] = async (type, fields = {}) => {
    const fits = (one: Record<string, unknown>): boolean =>
      one['type'] === type && Object.entries(fields).every(([name, value]) => one[name] === value);
    for (;;) {
      const found = events.find(fits);
      if (found !== undefined) return found;
      await wake.promise;
    }
  };
  return {
    directory,
    gate,
    realtime,
    acted,
    events,
    told,
    event,
    stop,
    setPolicy: (changed) => {
      inForce = inForceOf(changed);
      realtime.refresh();
    },
  };
}

function letThrough(number: number, path: string): object {
  return {
    type: 'let-through',
    ...clue(path),
    number,
    letThrough: randomUUID(),
    cause: 'gate-died',
    answered: 'allow',
  };
}

function clue(path: string): object {
  const stats = fstatSync(openAndClose(path), { bigint: true });
  return {
    id: 1,
    access: 'open',
    path: Buffer.from(path).toString('latin1'),
    believed: true,
    file: { device: String(stats.dev), inode: String(stats.ino), handleType: null, handle: null },
    opener: {
      pid: process.pid,
      startTime: 1,
      executable: '/usr/bin/curl',
      commandLine: ['curl', '--token', 'hunter2'],
      uid: 0,
      gid: 0,
      container: null,
      parents: [{ pid: 1, executable: '/sbin/init' }],
    },
    waitedMs: 3,
    decidedBy: '/realtime/directories/entries/0',
  };
}

const opened: number[] = [];

function openAndClose(path: string): number {
  const descriptor = openSync(path, 'r');
  opened.push(descriptor);
  return descriptor;
}

test.after(() => opened.forEach((descriptor) => closeSync(descriptor)));

function activeOf(configurations: readonly GateConfiguration[]): readonly boolean[] {
  return configurations.map(({ active }) => active);
}

test('the gate is told the rules of the policy; an entry that is a link means its target', async (t) => {
  const { gate, directory, event, setPolicy, realtime } = await bench(t, {
    policy: { deadlineMs: 7_000, onDeadline: 'deny' },
  });
  await event('realtime.state', { state: 'on' });
  const [first] = gate.configurations;
  assert.deepEqual([first?.active, first?.deadlineMs, first?.onDeadline], [true, 7_000, 'deny']);
  assert.match(JSON.stringify(first?.rules), new RegExp(`"path":"${directory}"`));
  symlinkSync(directory, `${directory}-link`);
  setPolicy({ directories: { kind: 'list', entries: [{ path: `${directory}-link`, subdirectories: false }] } });
  const second = await gate.configuration(1);
  assert.match(JSON.stringify(second.rules), new RegExp(`"path":"${directory}","subdirectories":false`));
  assert.equal((await realtime.status()).state, 'on');
});

test('an entry that does not exist is told, and becomes live when it appears', async (t) => {
  const { gate, directory, event, setPolicy, realtime } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const later = join(directory, 'later');
  setPolicy({ directories: { kind: 'list', entries: [{ path: later, subdirectories: true }] } });
  await gate.configuration(1);
  const { notCovered } = await realtime.status();
  assert.deepEqual(
    notCovered.map(({ mountPoint }) => mountPoint),
    [later],
  );
  mkdirSync(`${later}-elsewhere`);
  symlinkSync(`${later}-elsewhere`, later);
  assert.match(JSON.stringify((await gate.configuration(2)).rules), /later-elsewhere/);
});

test('a gate that died is connected to again and told everything anew', async (t) => {
  const { gate, event } = await bench(t);
  await event('realtime.state', { state: 'on' });
  gate.breakLink();
  assert.deepEqual(await gate.configuration(1), gate.configurations[0]);
});

test('switched off, off by schedule and on again: the gate is told within a second, and the state says so', async (t) => {
  const { gate, event, setPolicy } = await bench(t);
  await event('realtime.state', { state: 'on' });
  setPolicy({ enabled: false });
  await event('realtime.state', { state: 'off' });
  const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
  const day = days[(new Date().getUTCDay() + 3) % 7] ?? 'sunday';
  setPolicy({ schedule: { kind: 'week', zone: 'UTC', ranges: [{ day, from: '10:00', to: '11:00' }] } });
  await event('realtime.state', { state: 'off-by-schedule' });
  setPolicy({});
  await gate.configuration(2);
  assert.deepEqual(activeOf(gate.configurations), [true, false, true]);
});

test('another product that answers the kernel is named, and nothing is intercepted beside it', async (t) => {
  const { gate, realtime, event } = await bench(t, { otherListener: 'Other AV (process 7)' });
  const { reason } = await event('realtime.state', { state: 'refused' });
  assert.match(String(reason), /^Other AV \(process 7\)/);
  assert.deepEqual((await realtime.status()).watching, []);
  assert.deepEqual(activeOf(gate.configurations), [false]);
});

test('a refused open becomes an action on the very descriptor and an event with its process, secrets masked', async (t) => {
  const { gate, directory, event, acted, told } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  const descriptor = openAndClose(path);
  const answer = JSON.stringify(answerOf(INFECTED));
  await gate.say({ type: 'detection', ...clue(path), refused: true, answer, attempts: 2 }, descriptor);
  await event('detection');
  const [one] = acted;
  assert.equal(one?.inode, fstatSync(descriptor).ino);
  assert.equal(one.file.path.toString(), path);
  assert.deepEqual(one.facts.opener?.commandLine, ['curl', '--token', '***']);
  assert.deepEqual([one.facts.refused, one.facts.attempts, one.facts.access], [true, 2, 'open']);
  assert.equal(one.file.decidedBy, '/realtime/directories/entries/0');
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(told[0]?.threats[0]?.name, 'Test.Virus');
});

test('Deny leaves the content and hands the very object to the gate', async (t) => {
  const { gate, directory, event } = await bench(t, { policy: { action: { kind: 'custom', primary: 'deny' } } });
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  const descriptor = openAndClose(path);
  const answer = JSON.stringify(answerOf(INFECTED));
  await gate.say({ type: 'detection', ...clue(path), refused: true, answer }, descriptor);
  assert.equal(await gate.denial(), fstatSync(descriptor).ino);
});

test('what an exception by the name of the pattern hides is no detection', async (t) => {
  const { gate, directory, event, acted, realtime } = await bench(t, {
    policy: { exceptions: [{ match: { pattern: 'Test.*' } }] },
  });
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  const answer = JSON.stringify(answerOf(INFECTED));
  await gate.say({ type: 'detection', ...clue(path), refused: false, answer }, openAndClose(path));
  for (let stats = (await realtime.status()).stats; stats?.excepted !== 1; stats = (await realtime.status()).stats);
  assert.deepEqual(acted, []);
});

test('a let-through open is an event at once, then scanned, acted on if infected, and its opener named', async (t) => {
  const { gate, directory, event, acted } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  await gate.say({ ...letThrough(1, path), cause: 'deadline' }, openAndClose(path));
  const first = await event('realtime.let-through', { scanned: null });
  assert.equal(first['cause'], 'deadline');
  await event('detection');
  assert.equal(acted[0]?.facts.opener?.executable, '/usr/bin/curl');
  assert.equal(acted[0]?.facts.refused, false);
});

test('of an open that the gate died over, the file is found by its path; one that is gone is told as gone', async (t) => {
  const { gate, directory, event, events, acted } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  const one = letThrough(1, path);
  await gate.say(one);
  await event('detection');
  assert.equal(acted[0]?.file.path.toString(), path);
  renameSync(path, `${path}-2`);
  await gate.say({ ...one, number: 2, letThrough: randomUUID() });
  const verdicts = (): unknown[] =>
    events.flatMap(({ scanned }) => (scanned == null ? [] : [(scanned as { verdict: string }).verdict]));
  while (verdicts().length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(verdicts(), ['infected', 'gone']);
});

test('a supervisor that died is one gap, and what changed in it is scanned', async (t) => {
  const since = Date.now() - 60_000;
  const { directory, event, acted } = await bench(t, { aliveMs: since });
  writeFileSync(join(directory, 'in-the-gap.txt'), INFECTED);
  const gap = await event('realtime.gap');
  assert.deepEqual([gap['cause'], gap['from']], ['supervisor-died', new Date(since).toISOString()]);
  await event('detection');
  assert.equal(acted[0]?.file.path.toString(), join(directory, 'in-the-gap.txt'));
  assert.equal(acted[0].facts.opener, null);
});

test('an orderly end leaves no gap behind', async (t) => {
  const { event, stop, directory } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const alive = join(directory, '../alive');
  assert.ok(existsSync(alive));
  await stop();
  assert.equal(existsSync(alive), false);
});

test('what overflowed is walked: changed files are scanned', async (t) => {
  const { gate, directory, event, acted } = await bench(t);
  await event('realtime.state', { state: 'on' });
  writeFileSync(join(directory, 'missed.txt'), INFECTED);
  await gate.say({ type: 'missed', number: 7, cause: 'overflow', fromMs: Date.now() - 1_000, toMs: Date.now() });
  await event('realtime.gap', { cause: 'overflow' });
  await event('detection');
  assert.equal(acted[0]?.file.path.toString(), join(directory, 'missed.txt'));
  await gate.doneCount(1);
  assert.deepEqual(gate.done, [7], 'only when it was walked');
});

test('many let-through opens of one file are one scan and one action; each is told', async (t) => {
  const { promise: scansEnd, resolve: endScans } = Promise.withResolvers<void>();
  const { gate, directory, events, acted, realtime } = await bench(t, { scansEnd });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  await gate.configuration(0);
  // Those that are at work before the last has come, and one for all others.
  const atOnceMax = availableParallelism() + 2;
  for (let number = 1; number <= 50; number++) await gate.say(letThrough(number, path), openAndClose(path));
  // Its answer comes after all of them were taken.
  await realtime.status();
  endScans();
  await gate.doneCount(50);
  const passed = events.filter(({ type, scanned }) => type === 'realtime.let-through' && scanned !== null);
  assert.equal(passed.length, 50);
  assert.ok(acted.length <= atOnceMax, `${acted.length} actions`);
  assert.equal(
    acted.reduce((sum, { facts }) => sum + facts.attempts, 0),
    50,
  );
});

test('a let-through open is done when its file is dealt with; told again meanwhile or after, it is no second one', async (t) => {
  const { gate, directory, event, events, acted } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const path = join(directory, 'a.txt');
  writeFileSync(path, INFECTED);
  const one = letThrough(3, path);
  await gate.say(one, openAndClose(path));
  await gate.say(one, openAndClose(path));
  await gate.doneCount(1);
  const passed = (): readonly unknown[] => events.filter(({ type }) => type === 'realtime.let-through');
  assert.equal(passed().length, 2, 'both events are written before it is done');
  // Another gate, that has not heard it.
  gate.breakLink();
  await gate.configuration(1);
  await gate.say(one, openAndClose(path));
  await gate.doneCount(2);
  assert.deepEqual([...new Set(gate.done)], [3]);
  assert.equal(passed().length, 2);
  assert.equal(acted.length, 1);
});

test('without permission events, or without a supervisor, the state is degraded and says why', async (t) => {
  const notified = await bench(t, { mode: 'notification' });
  const state = await notified.event('realtime.state', { state: 'degraded' });
  assert.match(String(state['reason']), /a container/);
  const alone = await bench(t, { supervised: false });
  await alone.event('realtime.state', { state: 'degraded' });
  assert.deepEqual(alone.gate.configurations, []);
  assert.match((await alone.realtime.status()).reason ?? '', /lazaret-supervisor/);
});

test("statistics are the gate's and our own", async (t) => {
  const { event, realtime } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const { stats, watching } = await realtime.status();
  assert.deepEqual([stats?.opens, stats?.followUps.waiting, watching[0]?.mountPoint], [5, 0, '/srv']);
});
