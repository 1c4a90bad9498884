// SPDX-License-Identifier: Apache-2.0
// Opens that were answered before anybody judged their file: none is forgotten, whichever of ours dies – and when.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { collect, until, type Ran } from '../support/product.ts';
import {
  areFollowedUp,
  INFECTED,
  letThroughs,
  openBench,
  opensWait,
  type Bench,
  type LetThroughEvent,
} from '../support/realtime-bench.ts';
import { holdToPromise, openAll } from '../support/realtime-load.ts';
import { plant, within, type RunningRealtime } from '../support/realtime-product.ts';
import { ROOT } from '../support/places.ts';

const STRIKE = join(ROOT, '.build/native/bin/gate-strike');
const OPENS = 12;
/** As many different files as the gate has scanned at once, and some more. */
const TOO_MANY = 2_200;

/** The infected one is quarantined by the policy: that it has gone is the action. */
async function isActedOn({ product, realtime }: Bench): Promise<void> {
  await until(() => !existsSync(product.mounts.path(INFECTED)), 'the infected file is taken away');
  const detection = await realtime.line('detection', ({ path }) => String(path).endsWith(`/${INFECTED}`));
  assert.match(String((detection['opener'] as { executable: string } | null)?.executable), /\/gate-openers$/);
}

async function deadline(t: TestContext): Promise<void> {
  const bench = await openBench(t, { action: 'quarantine' });
  bench.signal('lazaret-scanner', 'SIGSTOP');
  const names = [...bench.fresh(OPENS), INFECTED];
  holdToPromise(t, 'deadline', await openAll(bench.product, names));
  await areFollowedUp(bench.product, names, ['deadline', 'scanner-down', 'not-ready']);
  await isActedOn(bench);
}

async function overload(t: TestContext): Promise<void> {
  const bench = await openBench(t, { action: 'quarantine', files: TOO_MANY, onOverload: 'allow' });
  bench.signal('lazaret-scanner', 'SIGSTOP');
  const names = [INFECTED, ...bench.fresh(TOO_MANY)];
  holdToPromise(t, 'overload', await openAll(bench.product, names));
  await areFollowedUp(bench.product, names, ['overload', 'deadline', 'scanner-down', 'not-ready', 'gate-died']);
  assert.ok(letThroughs(bench.product).some(({ cause }) => cause === 'overload'));
  await isActedOn(bench);
}

async function gateDies(t: TestContext): Promise<void> {
  const bench = await openBench(t, { action: 'quarantine' });
  bench.signal('lazaret-scanner', 'SIGSTOP');
  const names = [...bench.fresh(OPENS), INFECTED];
  const opening = openAll(bench.product, names);
  await opensWait(bench.product, names.length);
  bench.signal('lazaret-gate', 'SIGKILL');
  await opening;
  await areFollowedUp(bench.product, names, ['gate-died', 'deadline']);
  await isActedOn(bench);
}

/** No new one is started before the deadline: what dies is stopped first, so that the opens wait for it. */
async function scannerDies(t: TestContext): Promise<void> {
  const bench = await openBench(t, { action: 'quarantine' });
  bench.signal('lazaret-scanner', 'SIGSTOP');
  const names = [...bench.fresh(OPENS), INFECTED];
  const opening = openAll(bench.product, names);
  await opensWait(bench.product, names.length);
  bench.signal('lazaret-scanner', 'SIGKILL');
  const opened = await opening;
  holdToPromise(t, 'scanner killed while opens wait', opened);
  // The next one was in time: then all were judged, and the infected one was refused. Else they were let through, and told.
  const told = letThroughs(bench.product).flatMap(({ path }) => (path === null ? [] : [path.split('/').at(-1) ?? '']));
  assert.ok(opened.refused === 1 || told.includes(INFECTED));
  await areFollowedUp(bench.product, [...new Set(told)], ['deadline', 'scanner-down', 'not-ready']);
  await isActedOn(bench);
}

/** Everything is told to an agent that stands still, and dies of it. */
async function agentDies(t: TestContext): Promise<void> {
  const bench = await openBench(t, { action: 'quarantine' });
  const { product, realtime, signal } = bench;
  const names = [...bench.fresh(OPENS), INFECTED];
  const agent = realtime.pid('lazaret-agent');
  signal('lazaret-scanner', 'SIGSTOP');
  process.kill(agent, 'SIGSTOP');
  const opened = await openAll(product, names);
  holdToPromise(t, 'agent stopped, then killed right after its opens were let through', opened);
  // The gate has sent it all: it stands in the buffer of a socket that nobody reads.
  process.kill(agent, 'SIGKILL');
  await areFollowedUp(product, names, ['deadline', 'scanner-down', 'not-ready']);
  await isActedOn(bench);
}

/** Written down by the agent, and not scanned yet when it dies; then the gate dies, too. */
async function bothDie(t: TestContext): Promise<void> {
  const bench = await openBench(t, { action: 'quarantine' });
  const { product, realtime, signal } = bench;
  const names = [...bench.fresh(OPENS), INFECTED];
  const agent = realtime.pid('lazaret-agent');
  signal('lazaret-scanner', 'SIGSTOP');
  await openAll(product, names);
  await until(() => letThroughs(product).length > 0, 'the first is written down');
  process.kill(agent, 'SIGKILL');
  signal('lazaret-gate', 'SIGKILL');
  await areFollowedUp(product, names, ['deadline', 'scanner-down', 'not-ready', 'gate-died']);
  await isActedOn(bench);
  const scanned = letThroughs(product).filter((one) => one.scanned !== null);
  assert.ok(
    new Set(scanned.map(({ letThrough }) => letThrough)).size <= names.length,
    'told again, it is the same one',
  );
}

test('RT-9b: an open that was let through is an event with its file and process, is scanned within a minute, and acted on, whatever dies', {
  timeout: 590_000,
}, async (t) => {
  await t.test('deadline', deadline);
  await t.test('overload', overload);
  await t.test('death of the gate', gateDies);
  await t.test('death of the scanner', scannerDies);
  await t.test('death of the agent right after', agentDies);
  await t.test('death of the agent and of the gate', bothDie);
});

/** System calls of a reader from the event on; the last of them have handed it on. */
const STEPS_MAX = 12;

function isReplaced(realtime: RunningRealtime, keeper: number): boolean {
  try {
    return realtime.pid('lazaret-keeper') !== keeper;
  } catch {
    return false; // none runs just now
  }
}

/** Resolves once it follows the gate. */
async function startStrike({ realtime, product }: Bench, steps: number): Promise<{ ended: Promise<Ran> }> {
  const child = product.mounts.start(STRIKE, String(realtime.pid('lazaret-gate')), String(steps));
  const ended = collect(child);
  await once(child.stdout ?? child, 'data');
  return { ended };
}

test('RT-9b: a gate killed at any step from reading an event to handing it on leaves the open with its file and its process', {
  timeout: 300_000,
}, async (t) => {
  const bench = await openBench(t, {
    action: 'quarantine',
    setUp: `for i in {0..${STEPS_MAX}}; do ${plant('at-$i.com')}; done`,
  });
  const { product, realtime, signal } = bench;
  const keeper = realtime.pid('lazaret-keeper');
  process.kill(keeper, 'SIGKILL');
  await until(() => isReplaced(realtime, keeper), 'the gate starts another keeper');
  for (let step = 0; step <= STEPS_MAX; step++) {
    const name = `at-${step}.com`;
    signal('lazaret-scanner', 'SIGSTOP');
    const { ended } = await startStrike(bench, step);
    const opening = openAll(product, [name]);
    const { code, stdout } = await ended;
    assert.equal(code, 0);
    assert.match(stdout, step === 0 ? /killed after 0/ : /killed after \d+/);
    assert.deepEqual((await opening).read, [product.mounts.inside(name)]);
    signal('lazaret-scanner', 'SIGCONT');
    await until(() => !existsSync(product.mounts.path(name)), `${name} is taken away`, 60_000);
    const told = (): readonly LetThroughEvent[] =>
      letThroughs(product).filter(({ path }) => path === product.mounts.inside(name));
    await until(() => told().some(({ scanned }) => scanned?.verdict === 'infected'), `${name} is told`);
    assert.match(told()[0]?.opener?.executable ?? '', /\/gate-openers$/);
  }
  assert.ok(letThroughs(product).every(({ path }) => path !== null));
  assert.equal(realtime.process.exitCode, null);
});

test('a gate that dies with changed files in hand is followed by one that has them walked', {
  timeout: 180_000,
}, async (t) => {
  const { product, realtime, signal } = await openBench(t);
  // Nothing is judged, so that what is closed after a write stays in the hands of the gate.
  signal('lazaret-scanner', 'SIGSTOP');
  within(product.mounts, plant('planted.com'));
  signal('lazaret-gate', 'SIGKILL');
  signal('lazaret-scanner', 'SIGKILL');
  await realtime.line('missed', ({ cause }) => cause === 'gate-died');
  const detection = await realtime.line('detection', ({ path }) => String(path).endsWith('/planted.com'));
  assert.equal(detection['access'], undefined, 'by the walk: nobody accessed it');
});

test('an open that joins a scan which was begun under another name is told by its own name and access', {
  timeout: 180_000,
}, async (t) => {
  const { product, realtime, signal } = await openBench(t);
  signal('lazaret-scanner', 'SIGSTOP');
  // Closing it begins the scan.
  within(product.mounts, 'echo harmless > first-name; mv first-name own-name');
  await openAll(product, ['own-name']);
  const told = await realtime.line('let-through');
  assert.deepEqual([told['path'], told['access']], [product.mounts.inside('own-name'), 'open']);
});
