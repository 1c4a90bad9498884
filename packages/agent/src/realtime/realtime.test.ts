// SPDX-License-Identifier: Apache-2.0
// Real-time's side of the agent against a stand-in of the gate's socket: what it tells the gate, and what becomes of what the gate says. The real gate is
// met in e2e/realtime/realtime.test.ts.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, fstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GateConfiguration } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';
import { manualClock, until } from '@lazaret/testkit';
import { answerOf, bench, clue, INFECTED, letThrough, openAndClose } from './test-bench.ts';

function activeOf(configurations: readonly GateConfiguration[]): readonly boolean[] {
  return configurations.map(({ active }) => active);
}

test('RT-2f: the gate is told the rules of the policy; an entry that is a link means its target', async (t) => {
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

/** A clock that stands until it is moved, and tells when somebody sleeps until a moment. */
function watchedClock(startMs: number, phaseMs: number) {
  const manual = manualClock(startMs);
  const sleeping = new Set<number>();
  let wake = Promise.withResolvers<void>();
  const clock: Clock = {
    nowMs: () => manual.nowMs(),
    monotonicMs: () => manual.monotonicMs() + phaseMs,
    sleep: (ms, signal) => {
      sleeping.add(manual.nowMs() + ms);
      wake.resolve();
      wake = Promise.withResolvers();
      return manual.sleep(ms, signal);
    },
  };
  const sleepsUntil = async (atMs: number): Promise<void> => {
    while (!sleeping.has(atMs)) await wake.promise;
  };
  return { clock, sleepsUntil, advance: (ms: number) => manual.advance(ms) };
}

test('RT-4e: at each edge of the week the gate is told within a second, whatever the time of the last look', {
  timeout: 120_000,
}, async (t) => {
  const week = { kind: 'week', zone: 'UTC', ranges: [{ day: 'wednesday', from: '09:00', to: '10:30' }] } as const;
  // The phase is where in its beat the agent's look is.
  for (const [edge, before, after] of [
    ['2026-11-25T09:00:00Z', false, true],
    ['2026-11-25T10:30:00Z', true, false],
  ] as const)
    for (const phaseMs of [0, 700, 1_600, 1_999])
      for (const aheadMs of [1, 600, 1_999, 2_000, 2_300, 2_499]) {
        const { clock, sleepsUntil, advance } = watchedClock(Date.parse(edge) - aheadMs, phaseMs);
        const { gate, event, stop } = await bench(t, { clock, policy: { schedule: week } });
        await event('realtime.state', { state: before ? 'on' : 'off-by-schedule' });
        await gate.configuration(0);
        await sleepsUntil(Date.parse(edge));
        await advance(aheadMs - 1);
        assert.deepEqual(activeOf(gate.configurations), [before], 'not before its edge');
        await advance(1);
        assert.equal((await gate.configuration(1)).active, after);
        await stop();
      }
});

test('switched off, off by schedule and on again: the gate is told, and the state says so', async (t) => {
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
  await until(() => told.length > 0, 'it is told');
  assert.equal(told[0]?.threats[0]?.name, 'Test.Virus');
});

/** An agent that is told of an infected file; `tell` says it once more. */
async function toldDetection(t: Parameters<typeof bench>[0], choices: Parameters<typeof bench>[1]) {
  const parts = await bench(t, choices);
  await parts.event('realtime.state', { state: 'on' });
  const path = join(parts.directory, 'a.txt');
  writeFileSync(path, INFECTED);
  const answer = JSON.stringify(answerOf(INFECTED));
  const one = { type: 'detection', ...clue(path), number: 2 ** 51 + 1, refused: true, answer };
  const tell = (): Promise<void> => parts.gate.say(one, openAndClose(path));
  await tell();
  /** The gate tells it again to each agent; here it does until one has done with it. */
  const untilDone = async (): Promise<void> => {
    await until(async () => {
      if (parts.gate.done.length === 0) await tell();
      return parts.gate.done.length > 0;
    }, 'it is done');
  };
  return { ...parts, number: one.number, tell, untilDone };
}

test('a detection is done once its event is on disk; told again meanwhile or after, it is no second one', async (t) => {
  const disk = Promise.withResolvers<void>();
  const { gate, directory, event, acted, number, tell } = await toldDetection(t, { synced: () => disk.promise });
  await event('detection');
  await tell();
  const answers = (): readonly number[] => gate.done.filter((each) => each === number);
  // Messages are taken in their order: with this one's event the one before was taken, too.
  const clean = join(directory, 'clean.txt');
  writeFileSync(clean, 'clean');
  await gate.say(letThrough(1, clean), openAndClose(clean));
  await event('realtime.let-through');
  assert.deepEqual(gate.done, []);
  disk.resolve();
  await until(() => answers().length > 0, 'it is done');
  // A gate that has not heard it.
  await tell();
  await until(() => answers().length >= 2, 'it is done, once more');
  assert.deepEqual([acted.length, answers().length], [1, 2]);
});

test('a slow disk holds up no action: every detection is acted on while the event of the first is still being written', {
  timeout: 120_000,
}, async (t) => {
  const disk = Promise.withResolvers<void>();
  const { gate, directory, event, acted } = await bench(t, { synced: () => disk.promise });
  await event('realtime.state', { state: 'on' });
  for (let number = 1; number <= 20; number++) {
    const path = join(directory, `${number}.txt`);
    writeFileSync(path, INFECTED);
    const answer = JSON.stringify(answerOf(INFECTED));
    const one = { type: 'detection', ...clue(path), number: 2 ** 51 + number, refused: true, answer };
    await gate.say(one, openAndClose(path));
  }
  await until(() => acted.length >= 20, 'all are acted on');
  assert.deepEqual(gate.done, []);
  disk.resolve();
  await gate.doneCount(20);
});

test('a detection whose event cannot be written is not done: told again, it is acted on again', async (t) => {
  let tries = 0;
  const { gate, event, acted, number, untilDone } = await toldDetection(t, {
    synced: () => (tries++ === 0 ? Promise.reject(new Error('no space')) : Promise.resolve()),
  });
  await event('detection');
  await untilDone();
  assert.deepEqual([acted.length, gate.done[0]], [2, number]);
});

test('a detection whose event the disk does not take is not done, though its file is dealt with', async (t) => {
  let full = true;
  const { event, acted, untilDone } = await toldDetection(t, {
    write: (type) => {
      if (full && type === 'detection') throw new Error('no space');
    },
  });
  await until(() => acted.length > 0, 'it is acted on');
  full = false;
  await untilDone();
  assert.equal(acted.length, 2, 'acted on again, and told');
  await event('detection');
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
  await until(async () => (await realtime.status()).stats?.excepted === 1, 'it is counted');
  assert.deepEqual(acted, []);
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

test('until a gap was looked at, the next agent would find it again', async (t) => {
  const { promise: scansEnd, resolve: endScans } = Promise.withResolvers<void>();
  const { directory, event, parts, realtime } = await bench(t, { aliveMs: Date.now() - 60_000, scansEnd });
  const beats = (): string => readFileSync(parts.aliveFile, 'utf8');
  writeFileSync(join(directory, 'in-the-gap.txt'), INFECTED);
  await event('realtime.gap');
  realtime.refresh();
  await realtime.status();
  assert.match(beats(), /^1-1-0/);
  endScans();
  await event('detection');
  await until(() => !beats().startsWith('1-1-0'), 'the next beat is its own');
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

test('a check-in is told why it is off, what is watched, and what was counted', async (t) => {
  const { event, realtime, setPolicy } = await bench(t);
  await event('realtime.state', { state: 'on' });
  const on = await realtime.report();
  assert.deepEqual(
    [on.why, on.watching, on.counts?.opens, on.counts?.scans],
    [null, [{ mountPoint: '/srv', fileSystemType: 'ext4' }], 5, 1],
  );
  setPolicy({ enabled: false });
  await event('realtime.state', { state: 'off' });
  assert.deepEqual([(await realtime.report()).why, realtime.stand().state], ['policy', 'off']);
});

test('AC-12: a rule by place holds for a path of our own tree, not for one that a container may have chosen', async (t) => {
  const base = { reasons: ['encrypted' as const], action: 'quarantine' as const };
  const { gate, directory, event, acted, setPolicy, stop } = await bench(t);
  await event('realtime.state', { state: 'on' });
  setPolicy({ unscanned: [{ ...base, directory }] });
  await gate.configuration(1);
  const path = join(directory, 'a.zip');
  writeFileSync(path, 'harmless');
  const answer = {
    ...answerOf('harmless'),
    verdict: 'partly',
    unscanned: [{ reason: 'encrypted', layers: [], bytes: null }],
  };
  const message = { type: 'detection', ...clue(path), refused: true, attempts: 1, answer: JSON.stringify(answer) };
  await gate.say({ ...message, believed: false }, openAndClose(path));
  await gate.say(message, openAndClose(path));
  await event('detection');
  await stop();
  assert.equal(acted.length, 1);
});
