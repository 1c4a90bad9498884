// SPDX-License-Identifier: Apache-2.0
// More than there is room for: queues, descriptors, directories, a file that takes longer than anybody may wait. Each prints its longest open.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeZip } from '@lazaret/testkit';
import { until } from '../support/product.ts';
import { INFECTED, isRefusedAgain, letThroughs, openBench } from '../support/realtime-bench.ts';
import { DEADLINE_MS, holdToPromise, openAll } from '../support/realtime-load.ts';
import { events, makeRealtime, plant, within } from '../support/realtime-product.ts';
import { PROGRAMS } from '../support/places.ts';

const TIMEOUT = { timeout: 300_000 };
/** The kernel's, of each group. It is the whole machine's: read, and never set. */
const QUEUE_LENGTH = Number(readFileSync('/proc/sys/fs/fanotify/max_queued_events', 'utf8'));
const PLANTED = 600;
const MOVE = join(PROGRAMS, 'move-into-scope.py');

test('the queue of notifications overflows: what changed is walked, and every file planted meanwhile is found within a minute', {
  timeout: 590_000,
}, async (t) => {
  const aside = `${plant('first.com')}; for i in {0..${PLANTED - 1}}; do cp first.com aside/planted$i.com; done`;
  const product = await makeRealtime(t, `mkdir in aside; ${aside}; echo harmless >aside/x0`);
  const realtime = await product.start('--watch', product.mounts.inside('in'), '--action', 'deny');
  const [supervisor, gate] = ['lazaret-supervisor', 'lazaret-gate'].map(realtime.pid) as [number, number];
  // Nobody reads, and nobody takes that for a gate that hangs.
  for (const pid of [supervisor, gate]) process.kill(pid, 'SIGSTOP');
  const move = ['python3', MOVE, PLANTED, Math.ceil((2 * QUEUE_LENGTH) / PLANTED)].join(' ');
  assert.equal(within(product.mounts, move, 120_000).stdout, 'moved\n');
  const plantedAt = performance.now();
  process.kill(gate, 'SIGCONT');
  await realtime.line('missed', ({ cause }) => cause === 'overflow');
  process.kill(supervisor, 'SIGCONT');
  const found = new Map<string, unknown>();
  for (let number = 0; number < PLANTED; number++) {
    const name = `planted${number}.com`;
    const detection = await realtime.line('detection', ({ path }) => String(path).endsWith(`/in/${name}`));
    found.set(name, detection['access']);
  }
  const afterMs = performance.now() - plantedAt;
  const walked = [...found.values()].filter((access) => access === undefined).length;
  t.diagnostic(`${found.size} planted during an overflow: found after ${afterMs.toFixed(0)} ms, ${walked} by the walk`);
  assert.ok(afterMs < 60_000, `${afterMs} ms`);
  assert.ok(walked > 0, 'what the queue did not hold is found by the walk');
});

test(
  'state, spool and run directory on the watched file system: nothing of ours waits for itself',
  TIMEOUT,
  async (t) => {
    const { product, fresh, signal } = await openBench(t, { ownPlacesInside: true });
    signal('lazaret-scanner', 'SIGSTOP');
    const waiting = fresh(100);
    // All of them are written down there, while others are opened.
    holdToPromise(t, 'own places watched, scanner stopped', await openAll(product, [...waiting, INFECTED]));
    await until(() => letThroughs(product).filter(({ scanned }) => scanned !== null).length >= 101, 'followed up');
    holdToPromise(
      t,
      'own places watched',
      await openAll(product, [...waiting, ...fresh(100)], { ms: 3_000, threads: 8 }),
    );
    await isRefusedAgain(product);
  },
);

test('1,024 descriptors: opens beyond wait in the kernel, and all are answered', TIMEOUT, async (t) => {
  const { product, fresh, signal } = await openBench(t, {
    files: 1_500,
    below: ['prlimit', '--nofile=1024:1024'],
    onOverload: 'allow',
  });
  signal('lazaret-scanner', 'SIGSTOP');
  const opened = await openAll(product, [...fresh(1_500), INFECTED]);
  holdToPromise(t, '1,500 opens at once, 1,024 descriptors', opened);
  assert.equal(opened.refused + opened.failed, 0);
  await isRefusedAgain(product);
});

test('50,000 directories are made: opens go on, and what lies in the last of them is seen', TIMEOUT, async (t) => {
  const { product, fresh } = await openBench(t);
  const many = within(
    product.mounts,
    `mkdir many; cd many; for i in {1..50}; do mkdir d$i; (cd d$i; mkdir $(seq 1000)); done; echo made`,
    200_000,
  );
  assert.equal(many.stdout.trim(), 'made');
  within(product.mounts, plant('many/d50/1000/infected.com'));
  const opened = await openAll(product, [...fresh(200), INFECTED, 'many/d50/1000/infected.com']);
  holdToPromise(t, '50,000 directories', opened);
  assert.deepEqual([opened.refused, opened.read], [2, []]);
});

/** Many members, each of them costly and none of them the same: it takes a worker longer than the deadline. */
function slowArchive(): Buffer {
  const text = '<script>document.write(unescape("%41"))</script>\n'.repeat(20_000);
  return makeZip(
    Array.from({ length: 250 }, (_, index) => ({ name: `${index}.html`, content: Buffer.from(`${index} ${text}`) })),
  );
}

test('a slow archive that 500 open at once: each is answered at its deadline and told', TIMEOUT, async (t) => {
  const { product, fresh } = await openBench(t, { files: 600 });
  writeFileSync(product.mounts.path('slow.zip.part'), '');
  const bytes = slowArchive();
  writeFileSync(product.mounts.path('slow.zip'), bytes);
  const names = Array.from({ length: 500 }, () => 'slow.zip');
  const [slow, others] = await Promise.all([openAll(product, names), openAll(product, fresh(100), { threads: 4 })]);
  t.diagnostic(`archive of ${bytes.length} bytes`);
  holdToPromise(t, 'slow archive', slow);
  holdToPromise(t, 'others beside it', others);
  assert.ok(slow.longestMs >= DEADLINE_MS, 'slow enough to be one');
  const path = product.mounts.inside('slow.zip');
  const told = (): number =>
    new Set(letThroughs(product).flatMap((one) => (one.path === path ? [one.letThrough] : []))).size;
  await until(() => told() === 500, 'all 500 are told');
  assert.equal(events(product).filter(({ type }) => type === 'realtime.gap').length, 0);
});
