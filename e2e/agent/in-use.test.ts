// SPDX-License-Identifier: Apache-2.0
// SC-1a: files at rest are scanned, whoever has them in use: open for writing, locked, mapped, being executed, open without a name left elsewhere.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, copyFileSync, linkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeMarker } from '@lazaret/testkit';
import { makeProduct } from '../support/product.ts';

/** Holds each file in its way until its input ends; says `ready` once it does. */
const HOLDERS = `
import fcntl, mmap, os, sys
place = sys.argv[1]
at = lambda name: os.path.join(place, name)
writer = open(at("written"), "ab")
flocked = open(at("flocked"), "r+b"); fcntl.flock(flocked, fcntl.LOCK_EX)
locked = open(at("locked"), "r+b"); fcntl.lockf(locked, fcntl.LOCK_EX)
leased = open(at("leased"), "r"); fcntl.fcntl(leased, fcntl.F_SETLEASE, fcntl.F_RDLCK)
mapped_file = open(at("mapped"), "r+b"); mapped = mmap.mmap(mapped_file.fileno(), 0, mmap.MAP_SHARED); mapped[0] = mapped[0]
unlinked = open(at("second-name"), "r+b"); os.unlink(at("second-name"))
print("ready", flush=True)
sys.stdin.read()
`;

test('SC-1a: files at rest are scanned, in use or not', { timeout: 120_000 }, async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('In.Use');
  const place = product.directory;
  const names = ['at-rest', 'written', 'flocked', 'locked', 'leased', 'mapped', 'first-name'];
  for (const name of names) writeFileSync(join(place, name), marker.atEndOf(5_000));
  linkSync(join(place, 'first-name'), join(place, 'second-name'));
  const program = join(place, 'executed');
  copyFileSync('/usr/bin/sleep', program);
  appendFileSync(program, marker.text);
  chmodSync(program, 0o755);
  const runs = spawn(program, ['300'], { stdio: 'ignore' });
  const holds = spawn('/usr/bin/python3', ['-c', HOLDERS, place], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => [runs, holds].forEach((child) => child.kill('SIGKILL')));
  await once(holds.stdout, 'data');

  const { files, summary } = await product.scan('--patterns', product.patterns(marker), place);
  assert.deepEqual(files.map(({ path }) => basename(path)).toSorted(), [...names, 'executed'].toSorted());
  assert.ok(files.every(({ verdict }) => verdict === 'infected'));
  assert.deepEqual(summary.coverage, { lookedAt: 8, all: 8 });
  assert.deepEqual([runs.exitCode, holds.exitCode], [null, null], 'they are in use still');
});
