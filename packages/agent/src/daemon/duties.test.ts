// SPDX-License-Identifier: Apache-2.0
// The agent's duties with all their real parts – scan process, state, spool – on a clock that stands until it is moved.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { productPaths } from '@lazaret/platform';
import { eicar, manualClock, temporaryDirectory } from '@lazaret/testkit';
import { acceptPolicy } from '../policy/index.ts';
import { watchDuties } from './duties.ts';
import { openAgent } from './open-agent.ts';
import { scanService } from './scan-service.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const MINUTE = 60_000;

async function agentOf(t: TestContext, policy: (files: string) => unknown) {
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
    { agent, runs, log: pino({ level: 'silent' }), link: { tools: () => null, changed: () => {} }, vmId: 'vm' },
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
  return { clock, runs, events };
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
