// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { planRoom, totalBytes, usageOf, type StoredEntry, type VaultLimits } from './capacity.ts';

const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;
const LIMITS: VaultLimits = { bytesMax: 100, retentionDays: 30, warnAtPercent: 80 };
const entry = (id: string, bytes: number, ageDays: number | null): StoredEntry => ({
  id,
  bytes,
  takenAtMs: ageDays === null ? null : NOW - ageDays * DAY_MS,
});
const plan = (entries: readonly StoredEntry[], incoming: number) => planRoom(entries, incoming, LIMITS, NOW);

test('AC-8e: where there is room nobody goes, to the last byte', () => {
  assert.deepEqual(plan([], 100), { fits: true, remove: [] });
  assert.deepEqual(plan([entry('a', 60, 99)], 40), { fits: true, remove: [] });
  assert.deepEqual(plan([], 101), { fits: false, missingBytes: 1 });
});

test('AC-8e: entries past their retention go, the oldest first, and no more than need be', () => {
  const entries = [entry('young', 10, 1), entry('old', 30, 40), entry('oldest', 30, 50), entry('older', 30, 45)];
  assert.deepEqual(plan(entries, 1), { fits: true, remove: ['oldest'] });
  assert.deepEqual(plan(entries, 30), { fits: true, remove: ['oldest'] });
  assert.deepEqual(plan(entries, 31), { fits: true, remove: ['oldest', 'older'] });
  assert.deepEqual(plan(entries, 90), { fits: true, remove: ['oldest', 'older', 'old'] });
});

test('AC-8e: where it is not enough nobody goes, and it is told how much is missing', () => {
  const entries = [entry('young', 50, 1), entry('at the edge', 20, 30), entry('old', 20, 31)];
  assert.deepEqual(plan(entries, 51), { fits: false, missingBytes: 21 });
  assert.deepEqual(plan(entries, 30), { fits: true, remove: ['old'] });
});

test('an entry whose age nobody knows stays', () => {
  assert.deepEqual(plan([entry('damaged', 90, null)], 20), { fits: false, missingBytes: 10 });
  assert.deepEqual(plan([entry('damaged', 50, null), entry('old', 40, 31)], 20), { fits: true, remove: ['old'] });
});

test('how full: rounded down, with a warning from its percent on', () => {
  const used = (bytes: number, bytesMax = 1_000) => usageOf(bytes, { ...LIMITS, bytesMax });
  assert.deepEqual(used(799), { bytes: 799, bytesMax: 1_000, percent: 79, warning: false });
  assert.deepEqual(used(800), { bytes: 800, bytesMax: 1_000, percent: 80, warning: true });
  assert.equal(used(999).percent, 99);
  assert.deepEqual(used(0, 0), { bytes: 0, bytesMax: 0, percent: 100, warning: true });
  assert.equal(totalBytes([{ bytes: 2 }, { bytes: 3 }]), 5);
  assert.equal(totalBytes([]), 0);
});
