// SPDX-License-Identifier: Apache-2.0
// Whatever of ours dies, stops or hangs: how long the longest open then waits. Each hang prints its figure. The product is the real one, the watched place a
// tmpfs that nobody else has.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { areFollowedUp, INFECTED, isRefusedAgain, openBench, opensWait } from '../support/realtime-bench.ts';
import { holdToPromise, openAll } from '../support/realtime-load.ts';
import { events } from '../support/realtime-product.ts';

const OPENS = 24;
const BUSY_MS = 5_000;
const LIFE_MS = 250;
const BLOCKED_MS = 60_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function scannerStopped(t: TestContext): Promise<void> {
  const { product, fresh, signal } = await openBench(t);
  signal('lazaret-scanner', 'SIGSTOP');
  const names = [...fresh(OPENS), INFECTED];
  holdToPromise(t, 'scanner stopped', await openAll(product, names));
  await areFollowedUp(product, names, ['deadline', 'scanner-down', 'not-ready']);
  await isRefusedAgain(product);
}

async function scannerKilled(t: TestContext): Promise<void> {
  const { product, realtime, fresh } = await openBench(t);
  let ended = false;
  const killing = (async () => {
    let kills = 0;
    for (let last = 0; !ended; await pause(25)) {
      try {
        const pid = realtime.pid('lazaret-scanner');
        if (pid === last) continue;
        // It lives long enough to be given files.
        await pause(LIFE_MS);
        process.kill(pid, 'SIGKILL');
        last = pid;
        kills += 1;
      } catch {
        // The next one has not begun.
      }
    }
    return kills;
  })();
  const opened = await openAll(product, [...fresh(200), INFECTED], { threads: 16, ms: BUSY_MS });
  ended = true;
  const kills = await killing;
  assert.ok(kills >= 3, `${kills} kills`);
  holdToPromise(t, `scanner killed ${kills} times under load`, opened);
  await isRefusedAgain(product);
}

async function gateHangs(t: TestContext, signalled: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  const { product, fresh, signal } = await openBench(t);
  // With it standing still, opens wait.
  signal('lazaret-scanner', 'SIGSTOP');
  const names = [...fresh(OPENS), INFECTED];
  const opening = openAll(product, names);
  await opensWait(product, names.length);
  signal('lazaret-gate', signalled);
  const opened = await opening;
  holdToPromise(t, `gate ${signalled} while opens wait`, opened);
  assert.deepEqual([opened.refused, opened.failed], [0, 0], 'answered by policy: allow');
  signal('lazaret-scanner', 'SIGKILL');
  // The deadline may have been first on a machine that is busy.
  await areFollowedUp(product, names, ['gate-died', 'deadline']);
  await isRefusedAgain(product);
}

async function supervisorKilled(t: TestContext): Promise<void> {
  const { product, realtime, fresh, signal } = await openBench(t);
  signal('lazaret-scanner', 'SIGSTOP');
  const opening = openAll(product, fresh(OPENS));
  await opensWait(product, OPENS);
  const killedAt = performance.now();
  signal('lazaret-supervisor', 'SIGKILL');
  const opened = await opening;
  t.diagnostic(
    `supervisor killed: the last of ${OPENS} opens went on within ${(performance.now() - killedAt).toFixed(0)} ms`,
  );
  holdToPromise(t, 'supervisor killed while opens wait', opened);
  assert.deepEqual([opened.refused, opened.failed], [0, 0], 'the kernel lets them go');
  await realtime.line('gap');
  assert.equal(events(product).filter(({ type }) => type === 'realtime.gap').length, 1);
  await isRefusedAgain(product);
}

/** `open` is called when the agent does not answer any more. */
async function agentHangs(t: TestContext, what: string, signalled: NodeJS.Signals, ms = 0): Promise<void> {
  const { product, realtime, fresh, signal } = await openBench(t, { environment: [blockable(t)] });
  const cached = fresh(OPENS);
  await openAll(product, cached);
  const agent = realtime.pid('lazaret-agent');
  signal('lazaret-agent', signalled);
  const startedAt = performance.now();
  holdToPromise(t, `${what}, cached`, await openAll(product, cached, { ms: 500 }));
  const opened = await openAll(product, [...fresh(OPENS), INFECTED]);
  holdToPromise(t, `${what}, not cached`, opened);
  assert.deepEqual([opened.read, opened.refused], [[], 1], 'judged without the agent');
  if (ms > 0) {
    const rest = ms - (performance.now() - startedAt);
    holdToPromise(t, `${what}, to its end`, await openAll(product, [...fresh(OPENS), ...cached], { ms: rest }));
    assert.equal(realtime.pid('lazaret-agent'), agent, 'it is not ended for it');
  } else if (signalled === 'SIGSTOP') process.kill(agent, 'SIGCONT');
  await realtime.line('detection');
}

/** What blocks the agent's JavaScript for a minute at SIGUSR2: its thread waits, as it would in a long computation. */
function blockable(t: TestContext): string {
  const script = join(temporaryDirectory(t), 'blockable.cjs');
  const wait = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${BLOCKED_MS})`;
  writeFileSync(script, `if (process.env.LAZARET_SUPERVISED) process.on('SIGUSR2', () => ${wait});\n`);
  return `NODE_OPTIONS=--require=${script}`;
}

test('RT-9a: no open waits longer than the deadline and a second, whatever of ours dies, stops or hangs', {
  timeout: 590_000,
}, async (t) => {
  await t.test('scanner stopped', scannerStopped);
  await t.test('scanner killed in a loop under load', scannerKilled);
  await t.test('gate killed while opens wait', (each) => gateHangs(each, 'SIGKILL'));
  await t.test('gate stopped while opens wait', (each) => gateHangs(each, 'SIGSTOP'));
  await t.test('supervisor killed while opens wait', supervisorKilled);
  await t.test('agent killed', (each) => agentHangs(each, 'agent killed', 'SIGKILL'));
  await t.test('agent stopped', (each) => agentHangs(each, 'agent stopped', 'SIGSTOP'));
  await t.test('JavaScript blocked for a minute', (each) =>
    agentHangs(each, 'JavaScript blocked', 'SIGUSR2', BLOCKED_MS),
  );
});
