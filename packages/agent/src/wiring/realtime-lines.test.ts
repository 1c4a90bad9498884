// SPDX-License-Identifier: Apache-2.0
// The lines of real-time on a pipe: in order and whole; a reader that does not read holds nobody up, and is told what it missed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { realtimeLines } from './realtime-lines.ts';

test('lines are written in their order; `starting` is not told before `ready`', async (t) => {
  const path = join(temporaryDirectory(t), 'out');
  const descriptor = openSync(path, 'w');
  const lines = realtimeLines(descriptor, () => 0);
  lines.state('starting', 'x');
  lines.ready({ watching: [], notCovered: [] });
  lines.state('on', null);
  lines.gap('supervisor-died', 0, 1);
  lines.gap('overflow', 0, 1);
  await lines.flush(180_000);
  closeSync(descriptor);
  const told = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    told.map((line) => (JSON.parse(line) as { type: string }).type),
    ['ready', 'state', 'gap', 'missed'],
  );
});

test('a reader that stands still: calls return at once, whole lines come when it reads, and the lost ones are counted', async (t) => {
  const path = join(temporaryDirectory(t), 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  t.after(() => [reader, writer].forEach((descriptor) => closeSync(descriptor)));
  const lines = realtimeLines(writer, () => 0);
  const reason = 'x'.repeat(100);
  lines.ready({ watching: [], notCovered: [] });
  // Nobody reads until all were told: a call that waited for the reader would never return.
  for (let count = 0; count < 30_000; count++) lines.state('on', reason);
  let text = '';
  const chunk = Buffer.alloc(65_536);
  const read = (): void => {
    try {
      text += chunk.toString('utf8', 0, readSync(reader, chunk, 0, chunk.length, null));
    } catch {
      // Nothing there just now.
    }
  };
  while (!text.includes('"dropped"')) {
    read();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await lines.flush(180_000);
  read();
  const told = text
    .slice(0, text.lastIndexOf('\n'))
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; lines?: number });
  const dropped = told.reduce((sum, line) => sum + (line.lines ?? 0), 0);
  assert.equal(told.filter(({ type }) => type === 'state').length + dropped, 30_000);
});
