// SPDX-License-Identifier: Apache-2.0
// A file that ends or stalls the scan of itself after a detection: its opens are refused, also the one whose deadline comes before the scan's end.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMarker } from '@lazaret/testkit';
import { makeRealtime, within } from '../support/realtime-product.ts';
import { ROOT } from '../support/places.ts';

const BINARIES = join(ROOT, '.build/native/bin');
const marker = makeMarker('Found');
const KINDS = ['CRASH', 'EXIT', 'HANG'];

test('RT-9b: an open of a file that ends or stalls the scan of itself after a detection is refused', {
  timeout: 120_000,
}, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-hits-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const patterns = join(directory, 'patterns');
  mkdirSync(patterns, { mode: 0o755 });
  writeFileSync(join(patterns, 'markers.ndb'), marker.signature);
  // In the mount namespace of the test the product's scanner is the one with fault points.
  const faults = `mount --bind ${join(BINARIES, 'lazaret-scanner-faults')} ${join(BINARIES, 'lazaret-scanner')}`;
  const write = KINDS.map((kind) => `printf %s-%s-%-64s%s LAZARET LATER ${kind} ${marker.text} > ${kind}`).join('; ');
  const product = await makeRealtime(t, `${faults}; ${write}; echo innocent > innocent`);
  // Long enough for the detection on a busy machine; what hangs behind it is refused only then.
  const watched = ['--watch', product.mounts.directory, '--action', 'deny', '--deadline-ms', '10000'];
  const realtime = await product.start(...watched, '--patterns', patterns);
  for (const kind of KINDS) {
    const { code, stderr } = within(product.mounts, `cat ${kind}`);
    assert.notEqual(code, 0, `${kind} was opened`);
    assert.match(stderr, /not permitted/);
  }
  assert.equal(within(product.mounts, 'cat innocent').code, 0);
  const told = await realtime.line('detection', ({ path }) => String(path).endsWith('/CRASH'));
  assert.deepEqual(
    (told['threats'] as readonly { readonly name: string }[]).map(({ name }) => name),
    ['Found'],
  );
});
