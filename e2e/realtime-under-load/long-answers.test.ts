// SPDX-License-Identifier: Apache-2.0
// Real-time and files that make the engine say very much: what is refused is told and acted on, and an exception for what is told hides nothing else.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMarker, makeZip } from '@lazaret/testkit';
import { until } from '../support/product.ts';
import {
  events,
  makeRealtime,
  within,
  type RealtimeProduct,
  type RunningRealtime,
} from '../support/realtime-product.ts';

const usual = makeMarker('Test.Usual');
const hidden = makeMarker('Test.Hidden');

/** In every place one pattern, in the last another; each behind a name of 4,000 bytes. */
const sample = (): Buffer =>
  makeZip(
    Array.from({ length: 150 }, (_, index) => ({
      name: String(index).padStart(4_000, '0'),
      content: (index === 149 ? hidden : usual).atEndOf(100 + index),
    })),
  );

async function start(t: TestContext): Promise<{ product: RealtimeProduct; realtime: RunningRealtime }> {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-long-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const patterns = join(directory, 'patterns');
  mkdirSync(patterns, { mode: 0o755 });
  writeFileSync(join(patterns, 'markers.ndb'), usual.signature + hidden.signature);
  writeFileSync(join(directory, 'sample.zip'), sample());
  const product = await makeRealtime(t, `cp ${directory}/sample.zip a.zip; mkdir deep`);
  const policy = product.writePolicy({
    realtime: {
      directories: { kind: 'list', entries: [{ path: product.mounts.directory }] },
      action: { kind: 'custom', primary: 'quarantine' },
      exceptions: [{ match: { pattern: 'Test.Usual*' } }],
    },
  });
  return { product, realtime: await product.start('--policy', policy, '--patterns', patterns) };
}

test('AC-7c, EX-2d: a file whose answer is longer than a message can be is told and taken away; an exception for one of its threats hides no other', {
  timeout: 180_000,
}, async (t) => {
  const { product, realtime } = await start(t);
  assert.match(within(product.mounts, 'cat a.zip').stderr, /Operation not permitted/);
  const detection = await realtime.line('detection');
  assert.deepEqual((detection['action'] as { primary: unknown }).primary, { action: 'quarantine', result: 'done' });
  const names = new Set((detection['threats'] as readonly { readonly name: string }[]).map(({ name }) => name));
  assert.ok(
    [...names].some((name) => name.startsWith('Test.Hidden')),
    [...names].join(),
  );
  const told = events(product).find(({ type }) => type === 'detection') as {
    threats: unknown[];
    threatsLeftOut: number;
  };
  assert.equal(told.threats.length + told.threatsLeftOut, 150);
  await until(() => !existsSync(product.mounts.path('a.zip')), 'quarantined');
});

/** A folder whose path is as long as the kernel takes, of bytes that each take six in JSON; a chain of programs from there, of which the last opens the file. */
const CHAIN = `
import os, shutil, subprocess, sys
os.chdir(sys.argv[1])
for _ in range(15):
    os.mkdir(chr(1) * 250); os.chdir(chr(1) * 250)
shutil.copy('/bin/bash', 'b')
script = 'test $1 -gt 0 && { ./b -c "$0" "$0" $(($1 - 1)) "$2"; true; } || { read -r line < "$2"; true; }'
sys.exit(subprocess.run(['./b', '-c', script, script, '9', sys.argv[2]]).returncode)`;

test('AC-7c, RT-11a: an opener whose names are as long as can be does not keep its detection from being told; statistics beside it', {
  timeout: 180_000,
}, async (t) => {
  const { product, realtime } = await start(t);
  writeFileSync(product.mounts.path('chain.py'), CHAIN);
  const file = join(product.mounts.directory, 'a.zip');
  const ran = within(product.mounts, `python3 chain.py "$PWD/deep" "${file}"`);
  assert.match(ran.stderr, /Operation not permitted/);
  const detection = await realtime.line('detection', ({ path }) => String(path).endsWith('/a.zip'));
  assert.match((detection['opener'] as { executable: string }).executable, /b$/);
  const stats = await product.lazaret('realtime', 'stats', '--json');
  assert.notEqual((JSON.parse(stats.stdout) as { stats: unknown }).stats, null);
});

test('AC-12a: a rule for what could not be read holds for the one member that it is for, among very many others', {
  timeout: 180_000,
}, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-long-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const member = (index: number) => ({
    name: String(index).padStart(4_000, '0'),
    content: Buffer.from(`${index}`),
  });
  const damaged = Array.from({ length: 250 }, (_, index) => ({ ...member(index), claimedCrc32: 1 }));
  const locked = damaged.map((one, index) => (index === 150 ? { ...member(index), encryptedFlag: true } : one));
  writeFileSync(join(directory, 'damaged.zip'), makeZip(damaged));
  writeFileSync(join(directory, 'locked.zip'), makeZip(locked));
  const product = await makeRealtime(t, `cp ${directory}/*.zip .`);
  const policy = product.writePolicy({
    realtime: {
      directories: { kind: 'list', entries: [{ path: product.mounts.directory }] },
      unscanned: [{ reasons: ['encrypted'], action: 'deny' }],
      deadlineMs: 60_000,
    },
  });
  await product.start('--policy', policy);
  assert.equal(within(product.mounts, 'cat damaged.zip > copy').code, 0);
  const { stderr } = within(product.mounts, 'cat locked.zip');
  // What a machine that had no time let through says so itself.
  const told = events(product).filter(({ type }) => type === 'realtime.let-through');
  assert.match(stderr, /Operation not permitted/, JSON.stringify(told));
});
