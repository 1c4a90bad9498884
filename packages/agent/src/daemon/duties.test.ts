// SPDX-License-Identifier: Apache-2.0
// The agent's duties with all their real parts – scan process, state, spool – on a clock that stands until it is moved.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { productPaths } from '@lazaret/platform';
import { eicar, manualClock, temporaryDirectory } from '@lazaret/testkit';
import { spreadDelayMs } from '@lazaret/core';
import { acceptPolicy } from '../policy/index.ts';
import { SCHEDULED_REQUEST } from '../scan/index.ts';
import { watchDuties } from './duties.ts';
import { openAgent } from '../wiring/open-agent.ts';
import { scanService } from '../wiring/scan-service.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const MINUTE = 60_000;

async function agentOf(t: TestContext, policy: (files: string) => unknown, vmId = 'vm') {
  const base = temporaryDirectory(t);
  const files = join(base, 'files');
  mkdirSync(files);
  for (let index = 0; index < 40; index++) writeFileSync(join(files, `${index}.com`), eicar());
  const inForce = acceptPolicy(policy(files), 'test');
  const clock = manualClock(Date.parse('2027-03-01T00:00:00Z'));
  const paths = productPaths(ROOT, { LAZARET_STATE: join(base, 'state'), LAZARET_RUN: join(base, 'run') });
  const agent = await openAgent({ paths, clock, inForce: () => inForce, onProblem: () => {}, onRecovery: () => {} });
  const runs = scanService(agent);
  const end = new AbortController();
  const watching = watchDuties(
    { agent, runs, log: pino({ level: 'silent' }), link: { tools: () => null, changed: () => {} }, vmId },
    end.signal,
  );
  t.after(async () => {
    end.abort();
    await watching;
    await runs.interrupt();
    await agent.close();
  });
  const events = (type: string): Record<string, unknown>[] =>
    readdirSync(paths.spool)
      .filter((name) => name.endsWith('.ndjson'))
      .flatMap((name) => readFileSync(join(paths.spool, name), 'utf8').split('\n').filter(Boolean))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((event) => event['type'] === type);
  return { clock, runs, events, files };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('SC-9e: a scheduled scan that reaches its longest time ends *incomplete*, and that is an alarm', async (t) => {
  const { clock, runs, events } = await agentOf(t, (files) => ({
    scheduled: {
      schedule: { kind: 'daily', at: '02:00', every: 'day', zone: 'UTC' },
      directories: { kind: 'list', entries: [{ path: files, subdirectories: true }] },
      longestRunMinutes: 30,
      spreadMinutes: 0,
      action: { kind: 'custom', primary: 'pass' },
    },
  }));
  await clock.advance(120 * MINUTE);
  while (runs.current().length === 0) await turn();
  // What a slow disk would do to it.
  runs.pause();
  await clock.advance(29 * MINUTE);
  assert.equal(runs.current().length, 1, 'within its time it goes on');
  await clock.advance(2 * MINUTE);
  while (runs.current().length > 0) await turn();
  const [ended = {}] = events('run.ended');
  const { state, files } = ended['summary'] as { state: string; files: number };
  assert.equal(state, 'incomplete');
  assert.ok(files < 40, `${files} of 40`);
  const [alarm] = events('alarm');
  assert.deepEqual([alarm?.['alarm'], alarm?.['runId']], ['scan-incomplete', ended['runId']]);
});

const scheduledScan = (files: string, more: object): unknown => ({
  scheduled: {
    schedule: { kind: 'daily', at: '02:00', every: 'day', zone: 'UTC' },
    directories: { kind: 'list', entries: [{ path: files, subdirectories: true }] },
    action: { kind: 'custom', primary: 'pass' },
    ...more,
  },
});

test('SC-9a: each VM starts at its own moment of the window, which its id decides, and none before the set time', {
  timeout: 120_000,
}, async (t) => {
  const delays = new Set<number>();
  for (const vmId of ['a', 'b', 'c']) {
    const { clock, events } = await agentOf(t, (files) => scheduledScan(files, { spreadMinutes: 60 }), vmId);
    const delayMs = spreadDelayMs(60, vmId);
    delays.add(delayMs);
    assert.ok(delayMs > 1_000, 'the ids of this test wait for something');
    await clock.advance(120 * MINUTE + delayMs - 1_000);
    assert.equal(events('schedule.due').length, 0, vmId);
    await clock.advance(1_000);
    await clock.advance(MINUTE);
    assert.equal(events('schedule.due').length, 1, vmId);
    while (events('run.ended').length === 0) await turn();
  }
  assert.equal(delays.size, 3);
});

const UPDATES = [
  ['PF-1a', 'hourly', { kind: 'hourly', minute: 5 }, 5],
  ['PF-1b', 'daily', { kind: 'daily', at: '03:30', every: 'day', zone: 'UTC' }, 210],
  // The clock begins on a Monday, the first of March.
  ['PF-1c', 'weekly', { kind: 'weekly', at: '00:10', days: ['tuesday'], zone: 'UTC' }, 24 * 60 + 10],
  ['PF-1d', 'monthly', { kind: 'monthly', at: '00:10', on: { day: 2 }, zone: 'UTC' }, 24 * 60 + 10],
] as const;

test('PF-1a, PF-1b, PF-1c, PF-1d: newer patterns are looked for by the clock: hourly, daily, weekly, monthly', {
  timeout: 120_000,
}, async (t) => {
  for (const [claim, name, schedule, afterMinutes] of UPDATES) {
    const { clock, events } = await agentOf(t, () => ({ scheduled: { enabled: false }, patterns: { schedule } }));
    await clock.advance((afterMinutes - 1) * MINUTE);
    assert.equal(events('update.checked').length, 0, `${claim}: ${name} comes too early`);
    // The spread of a minute, and the minute itself.
    await clock.advance(3 * MINUTE);
    while (events('update.checked').length === 0) await turn();
    assert.equal(events('update.checked').length, 1, `${claim}: ${name}`);
  }
});

test('SC-8d: while a manual scan goes the scheduled one stands; then it goes on to its end', {
  timeout: 120_000,
}, async (t) => {
  const { runs, events, files } = await agentOf(t, (files) => scheduledScan(files, {}));
  let manual: ReturnType<typeof runs.start> | undefined;
  let scheduledRows = 0;
  let rowsWhileManual = 0;
  const states: string[] = [];
  const scheduled = runs.start(SCHEDULED_REQUEST, {
    progress: () => {},
    row: () => {
      scheduledRows += 1;
      manual ??= runs.start(
        {
          ...SCHEDULED_REQUEST,
          origin: 'manual',
          scope: { kind: 'paths', paths: [Buffer.from(files).toString('base64')] },
          action: 'report',
        },
        {
          progress: () => {},
          row: () => {
            if (rowsWhileManual === 0) rowsWhileManual = scheduledRows;
            states.push(runs.current().find(({ origin }) => origin === 'scheduled')?.state ?? 'none');
          },
        },
      );
    },
  });
  while (manual === undefined) await turn();
  await manual;
  assert.equal(states.length, 40);
  assert.deepEqual([...new Set(states)], ['paused']);
  await scheduled;
  assert.equal(scheduledRows, 40);
  const ended = events('run.ended').map(({ origin }) => origin);
  assert.deepEqual(ended, ['manual', 'scheduled']);
});
