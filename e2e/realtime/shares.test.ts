// SPDX-License-Identifier: Apache-2.0
// What one user's files and opens keep the scan process busy with: written files that take long hold up nobody else's, and an open whose process was killed
// is no work any more.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { chmodSync, writeFileSync } from 'node:fs';
import { makeZip, temporaryDirectory } from '@lazaret/testkit';
import { until } from '../support/product.ts';
import { letThroughs, opensWait, type LetThroughEvent } from '../support/realtime-bench.ts';
import { events, makeRealtime, plant, within, type RealtimeProduct } from '../support/realtime-product.ts';
import { ROOT } from '../support/places.ts';

const OPENERS = join(ROOT, '.build/native/bin/gate-openers');
const SLOW = 90;
const KILLED = 20;

interface Stats {
  readonly detections: number;
}

async function stats(product: RealtimeProduct): Promise<Stats> {
  const { stdout } = await product.lazaret('realtime', 'stats', '--json');
  return (JSON.parse(stdout) as { stats: Stats }).stats;
}

const detectionsOf = (product: RealtimeProduct, path: string): readonly unknown[] =>
  events(product).filter((event) => event['type'] === 'detection' && event['path'] === path);

const policyOf = (product: RealtimeProduct): string =>
  product.writePolicy({
    realtime: {
      directories: { kind: 'list', entries: [{ path: product.mounts.directory }] },
      action: { kind: 'custom', primary: 'deny' },
      deadlineMs: 20_000,
    },
  });

/** Many members, each costly and none the same: it takes a worker seconds. */
function slowArchive(): Buffer {
  const text = '<script>document.write(unescape("%41"))</script>\n'.repeat(20_000);
  return makeZip(
    Array.from({ length: 250 }, (_, index) => ({ name: `${index}.html`, content: Buffer.from(`${index} ${text}`) })),
  );
}

test("RT-12a: a user who writes more slow files than are scanned at once keeps nobody else's written file from being looked at", {
  timeout: 240_000,
}, async (t) => {
  const product = await makeRealtime(t, 'chmod 777 .');
  const archive = join(temporaryDirectory(t), 'slow.zip');
  chmodSync(dirname(archive), 0o755);
  writeFileSync(archive, slowArchive(), { mode: 0o644 });
  await product.startDaemon(policyOf(product));
  // Each has another end, so that none is a copy; and as one of his they were written by.
  const write = `for i in {1..${SLOW}}; do { cat /proc/self/fd/9; head -c $i /dev/zero; } > slow$i.zip 9< ${archive}; done; ${plant('late.com')}`;
  const user = 'setpriv --reuid 1001 --regid 1001 --clear-groups';
  const written = within(product.mounts, `${user} bash -c '${write}'`, 120_000);
  assert.equal(written.code, 0, written.stderr);
  within(product.mounts, plant('fresh.com'));
  const path = product.mounts.inside('fresh.com');
  await until(() => detectionsOf(product, path).length > 0, 'the infected file is looked at', 120_000);
  const late = detectionsOf(product, product.mounts.inside('late.com'));
  assert.deepEqual(late, [], 'though it was written behind all of his, of which the last waits still');
});

test('RT-12b: opens whose process was killed while they waited are let go, told to nobody, and their files not scanned', {
  timeout: 240_000,
}, async (t) => {
  const names = Array.from({ length: KILLED }, (_, index) => `killed${index}.com`);
  const product = await makeRealtime(t, [...names, 'after.com'].map(plant).join('; '));
  const daemon = await product.startDaemon(policyOf(product));
  const before = await stats(product);
  const scanner = daemon.pid('lazaret-scanner');
  process.kill(scanner, 'SIGSTOP');
  const paths = names.map((name) => product.mounts.inside(name));
  const opener = product.mounts.start(OPENERS, '--threads', String(KILLED), ...paths);
  await opensWait(product, KILLED);
  opener.kill('SIGKILL');
  await once(opener, 'exit');
  await opensWait(product, 0);
  process.kill(scanner, 'SIGCONT');
  assert.notEqual(within(product.mounts, 'cat after.com').code, 0, 'the next open is judged');
  const told: readonly LetThroughEvent[] = letThroughs(product).filter(({ path }) => paths.includes(path ?? ''));
  assert.deepEqual(told, []);
  assert.equal((await stats(product)).detections - before.detections, 1, 'of the next alone');
});
