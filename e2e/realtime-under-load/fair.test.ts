// SPDX-License-Identifier: Apache-2.0
// Hostile users of the VM, each by a number of their own, keep the scan process as busy as they can – by slow files, by many files, over the clamd socket –
// while somebody else opens files. What they do costs them; it opens nothing to others.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeZip } from '@lazaret/testkit';
import { isoImage, isoRecord } from '../../tests/scanner/archives/iso-images.ts';
import { collect, until } from '../support/product.ts';
import { INFECTED, letThroughs, type LetThroughEvent } from '../support/realtime-bench.ts';
import type { Opened } from '../support/realtime-load.ts';
import { makeRealtime, plant, within, type RealtimeProduct } from '../support/realtime-product.ts';
import { PROGRAMS, ROOT } from '../support/places.ts';

const OPENERS = join(ROOT, '.build/native/bin/gate-openers');
const FLOOD_MS = 15_000;
const FRESH = 20;
const INNOCENT = 2_000;

/** Many members, each costly and none the same: it takes a worker seconds. */
function slowArchive(name: string): Buffer {
  const text = '<script>document.write(unescape("%41"))</script>\n'.repeat(20_000);
  return makeZip(
    Array.from({ length: 250 }, (_, index) => ({
      name: `${name}-${index}.html`,
      content: Buffer.from(`${name} ${index} ${text}`),
    })),
  );
}

/** Opens as a user of the VM; ended hard should it hang. */
function openAs({ mounts }: RealtimeProduct, uid: number, ...argv: string[]): ReturnType<typeof mounts.start> {
  const user = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
  return mounts.start('setpriv', ...user, 'timeout', '-s', 'KILL', '90', OPENERS, ...argv);
}

interface Stats {
  /** Scans whose verdict was infected. */
  readonly detections: number;
}

async function stats(product: RealtimeProduct): Promise<Stats> {
  const { stdout } = await product.lazaret('realtime', 'stats', '--json');
  return (JSON.parse(stdout) as { stats: Stats }).stats;
}

/** As a user of the VM, over the clamd socket. */
function floodClamd(
  { mounts, state }: RealtimeProduct,
  uid: number,
  paths: readonly string[],
): ReturnType<typeof mounts.start> {
  const socket = join(state, '../run-clamd/clamd.sock');
  const program = join(PROGRAMS, 'clamd-flood.py');
  const user = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
  return mounts.start(
    'setpriv',
    ...user,
    '/usr/bin/python3',
    program,
    socket,
    String(FLOOD_MS / 1_000),
    '40',
    ...paths,
  );
}

/** A folder that names itself: each image with another end, so that none is a copy. */
function poisonousImage(index: number): Buffer {
  const self = isoRecord('SELF', { block: 18, bytes: 2_048, folder: true });
  return Buffer.concat([isoImage([{ records: [self] }]), Buffer.alloc(index + 1, index)]);
}

async function opened(child: ReturnType<typeof openAs>): Promise<Opened> {
  const { code, stdout } = await collect(child);
  assert.equal(code, 0, 'no opener was left waiting');
  return JSON.parse(stdout) as Opened;
}

test('RT-12a, RT-12b, RT-9b: four hostile users – slow files, a flood of the clamd socket, poisonous files, many files: a known infected file is refused without a scan, new infected files open to nobody else, and what is let through is followed up within a minute', {
  timeout: 300_000,
}, async (t) => {
  const fresh = Array.from({ length: FRESH }, (_, index) => `fresh${index}.com`);
  const small = Array.from({ length: 2_000 }, (_, index) => `small${index}`);
  const set = `${[INFECTED, ...fresh].map(plant).join('; ')}; for i in {0..1999}; do echo $i > small$i; done; chmod 644 *`;
  const product = await makeRealtime(t, set);
  // The clamd socket is every user's; only the test's own directory above it is not.
  chmodSync(join(product.state, '..'), 0o755);
  const inside = (names: readonly string[]): string[] => names.map((name) => product.mounts.inside(name));
  const slow = Array.from({ length: 30 }, (_, index) => `slow${index}.zip`);
  const bytes = slowArchive('slow');
  // The same members under another end: no two have one content, and none is a copy by its first bytes and size.
  for (const [index, name] of slow.entries())
    writeFileSync(product.mounts.path(name), Buffer.concat([bytes, Buffer.alloc(index + 1)]));
  const poison = Array.from({ length: 50 }, (_, index) => `poison${index}.iso`);
  for (const [index, name] of poison.entries()) writeFileSync(product.mounts.path(name), poisonousImage(index));
  within(product.mounts, 'chmod 644 *');
  const policy = product.writePolicy({
    realtime: {
      directories: { kind: 'list', entries: [{ path: product.mounts.directory }] },
      action: { kind: 'custom', primary: 'deny' },
      deadlineMs: 10_000,
    },
  });
  await product.startDaemon(policy);
  assert.notEqual(within(product.mounts, `cat ${INFECTED}`).code, 0, 'it is known from here on');
  const before = await stats(product);
  const hostile = [
    openAs(product, 1_001, '--threads', '300', '--ms', String(FLOOD_MS), ...inside(slow.slice(0, 20))),
    floodClamd(product, 1_002, inside(slow.slice(20))),
    openAs(product, 1_003, '--threads', '100', '--ms', String(FLOOD_MS), ...inside(poison)),
    openAs(product, 1_004, '--threads', '50', '--ms', String(FLOOD_MS), ...inside(small)),
  ];
  const flooded = hostile.map((child) => collect(child));
  const [known, others] = await Promise.all([
    opened(openAs(product, INNOCENT, '--threads', '2', '--ms', String(FLOOD_MS - 3_000), ...inside([INFECTED]))),
    opened(openAs(product, INNOCENT, '--threads', '2', ...inside(fresh))),
  ]);
  t.diagnostic(`known infected: ${known.opens} opens, the longest ${known.longestMs.toFixed(0)} ms`);
  t.diagnostic(`infected and new: ${others.opens} opens, the longest ${others.longestMs.toFixed(0)} ms`);
  assert.deepEqual([known.refused, known.read], [known.opens, []], 'refused always');
  assert.deepEqual([others.refused, others.read], [FRESH, []], 'let through for others: 0');
  const after = await stats(product);
  assert.equal(
    after.detections - before.detections,
    FRESH,
    'scans that found something: one of each new file, none of the known one',
  );
  const [slowly, overClamd, poisonous, many] = (await Promise.all(flooded)).map(({ stdout }) => stdout);
  for (const [what, said] of Object.entries({ slowly, poisonous, many }))
    assert.ok((JSON.parse(said ?? '{}') as Opened).opens > 50, `${what} flooded: ${said}`);
  assert.ok(Number(overClamd) > 20, `the clamd socket was flooded: ${overClamd}`);
  // An open that was let through is told at once, and again with what its scan found.
  const followUps = (): readonly LetThroughEvent[] =>
    [...new Map(letThroughs(product).map((one) => [one.letThrough, one])).values()].filter(
      ({ answered }) => answered === 'allow',
    );
  await until(() => followUps().every(({ scanned }) => scanned !== null), 'every follow-up is done', 90_000);
  const late = followUps().filter(({ scanned }) => (scanned?.afterMs ?? Infinity) >= 60_000);
  const afterMs = followUps().map(({ scanned }) => scanned?.afterMs ?? Infinity);
  t.diagnostic(`${afterMs.length} opens let through at their deadline, scanned after ${afterMs.join(', ')} ms`);
  assert.deepEqual(late, []);
  const ofOthers = letThroughs(product).filter(({ opener }) => opener?.uid === INNOCENT);
  assert.deepEqual(ofOthers, [], 'no open of the innocent user was let through');
});
