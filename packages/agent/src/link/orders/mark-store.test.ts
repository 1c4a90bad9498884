// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markStore } from './mark-store.ts';

function makePlace(t: { after(work: () => void): void }) {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-mark-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'link'));
  const faults: unknown[] = [];
  return { directory, faults, open: () => markStore(directory, (error) => faults.push(error)) };
}

test('SY-10b: a mark goes on from the one before, and a kill at any moment shows a step that the manager knows', (t) => {
  const { open } = makePlace(t);
  const vmId = randomUUID();
  const store = open();
  const first = store.next(vmId);
  assert.deepEqual([first.from, first.to.count], [null, 1]);
  assert.deepEqual(store.next(vmId), first, 'nobody has it yet');
  assert.deepEqual(open().next(vmId), first, 'killed before the answer');
  store.taken(first);
  assert.deepEqual(open().next(vmId), first, 'killed before the next poll');
  const second = store.next(vmId);
  assert.deepEqual(second.from, first.to);
  store.taken(first);
  assert.deepEqual(store.next(vmId), second, 'an answer that came late confirms what it was for');
  assert.deepEqual(open().next(vmId), second);
});

test('SY-10b: another VM, or a damaged file, begins a chain of its own', (t) => {
  const { directory, open } = makePlace(t);
  const vmId = randomUUID();
  const first = open().next(vmId);
  const other = open().next(randomUUID());
  assert.deepEqual([other.from, other.to.count], [null, 1]);
  assert.notEqual(other.to.lot, first.to.lot);
  writeFileSync(join(directory, 'link', 'mark.json'), '{');
  assert.equal(open().next(vmId).from, null);
});

test('SY-10b: where no mark can be written the VM stays at the last one', (t) => {
  const { directory, faults, open } = makePlace(t);
  const vmId = randomUUID();
  const store = open();
  const first = store.next(vmId);
  store.taken(first);
  renameSync(join(directory, 'link'), join(directory, 'gone'));
  assert.deepEqual(store.next(vmId), { from: first.to, to: first.to });
  assert.equal(faults.length, 1);
  renameSync(join(directory, 'gone'), join(directory, 'link'));
  assert.deepEqual(store.next(vmId).from, first.to);
});

test('SY-10b: where none could ever be written the VM calls all the same, and what nobody asked for confirms nothing', (t) => {
  const { directory, faults, open } = makePlace(t);
  rmSync(join(directory, 'link'), { recursive: true });
  const vmId = randomUUID();
  const store = open();
  store.taken({ from: null, to: { count: 1, lot: randomUUID() } });
  const first = store.next(vmId);
  assert.deepEqual([first.from, first.to.count, faults.length], [null, 1, 1]);
  assert.deepEqual(store.next(vmId), first);
});
