// SPDX-License-Identifier: Apache-2.0
// The supervisor and an agent that hangs: ended and started again after a time without a sign of life, and never for less. No open waits for it meanwhile
// (e2e/realtime-under-load/hangs.test.ts); here the agent is a program of the test's, so that its silence is to the second.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fullSize, temporaryDirectory } from '@lazaret/testkit';
import { until } from '../support/product.ts';
import { openBench } from '../support/realtime-bench.ts';
import { ROOT } from '../support/places.ts';

const SUPERVISOR = join(ROOT, '.build/native/bin/lazaret-supervisor');
const SILENT_MS = 3_000;

/** A sign of life each tenth of a second, `$1` of them, each written down: no load makes the supervisor miss 3 s of them. */
const SIGNS =
  'signs() { for i in $(seq $1); do touch $LAZARET_RUN/agent-alive; echo >> $LAZARET_RUN/signs; sleep 0.1; done; }';

/** Starts it over an agent that writes down when it began. */
async function superviseScript(
  t: TestContext,
  script: string,
): Promise<{
  /** Milliseconds since the machine's start, by the agent's own look. */
  readonly starts: () => readonly number[];
  readonly signs: () => number;
  readonly argv: readonly string[];
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}> {
  const base = temporaryDirectory(t);
  const run = join(base, 'run');
  mkdirSync(run);
  const [starts, program] = [join(base, 'starts'), join(base, 'agent')];
  for (const file of [starts, join(run, 'signs')]) writeFileSync(file, '');
  const began = `read -r up idle </proc/uptime; echo $up >> ${starts}`;
  writeFileSync(program, `#!/bin/bash\n${began}\n${SIGNS}\n${script}\n`, { mode: 0o755 });
  const options = ['--run', run, '--agent-silent-ms', String(SILENT_MS)];
  const argv = [...options, '--', program];
  const supervisor = spawn(SUPERVISOR, argv, { stdio: 'ignore' });
  const ended = once(supervisor, 'exit').then(([code]) => code as number | null);
  t.after(async () => {
    supervisor.kill('SIGKILL');
    await ended;
  });
  const read = (file: string): readonly string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
  await until(() => read(starts).length > 0, 'the agent is started');
  return {
    starts: () => read(starts).map((seconds) => Math.round(Number(seconds) * 1_000)),
    signs: () => read(join(run, 'signs')).length,
    argv,
    ended,
  };
}

test('an agent that gave signs of life and gives none any more is ended and started again', {
  timeout: 400_000,
}, async (t) => {
  const { starts } = await superviseScript(t, 'touch $LAZARET_RUN/agent-alive; kill -STOP $$');
  await until(() => starts().length >= 2, 'the next one');
  const [first = 0, second = 0] = starts();
  assert.ok(second - first >= SILENT_MS, `not sooner: ${second - first} ms`);
});

test('one that gives signs lives on; one that never gave one has time to start', { timeout: 240_000 }, async (t) => {
  const { starts: starting } = await superviseScript(t, 'sleep 600');
  const { starts: alive, signs } = await superviseScript(t, 'signs 10000');
  await until(() => signs() > (3 * SILENT_MS) / 100, 'three times as long as it may be silent');
  assert.deepEqual([alive().length, starting().length], [1, 1]);
});

test('an agent that has lived and cannot start just now is tried again; one that never could ends it all', {
  timeout: 400_000,
}, async (t) => {
  const { starts: again } = await superviseScript(t, 'signs 40; exit 2');
  await until(() => again().length >= 3, 'tried again');
  const { starts: never, ended } = await superviseScript(t, 'exit 2');
  assert.equal(await ended, 2, 'the supervisor too');
  assert.equal(never().length, 1);
});

test('the real agent, stopped for good: the next one is there after two minutes', {
  timeout: 300_000,
  skip: fullSize ? false : 'two minutes of silence: with LAZARET_FULL=1',
}, async (t) => {
  const { realtime, signal } = await openBench(t);
  const before = realtime.pid('lazaret-agent');
  const stoppedAt = performance.now();
  signal('lazaret-agent', 'SIGSTOP');
  await until(() => realtime.lines.filter(({ type }) => type === 'ready').length === 2, 'the next agent', 200_000);
  assert.notEqual(realtime.pid('lazaret-agent'), before);
  t.diagnostic(`a stopped agent: replaced after ${((performance.now() - stoppedAt) / 1_000).toFixed(0)} s`);
});

test('one supervisor a run directory: a second one ends by itself, and the first goes on', {
  timeout: 400_000,
}, async (t) => {
  const { starts, argv } = await superviseScript(t, 'signs 10000');
  const second = spawnSync(SUPERVISOR, argv, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(second.status, 2);
  assert.match(second.stderr, /another supervisor is running in/);
  assert.equal(starts().length, 1);
});
