// SPDX-License-Identifier: Apache-2.0
// A verdict in clamd's words, for each setting of what is said of a file that was read in part.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { ScannerAnswer } from '@lazaret/contract';
import { formatVerdict, formatVerdicts } from './answer.ts';

const SETTINGS = ['ok', 'found', 'error'] as const;
const COVERAGE = { lookedAt: 1, all: 1 };
const PLAIN = { threats: [], unscanned: [], trueType: 'elf', bytes: 1, sha256: null, coverage: COVERAGE, timeMs: 1 };

const threats = (...names: string[]): ScannerAnswer['threats'] =>
  names.map((name) => ({ name, engine: 'clamav', layers: [] }));
const unscanned = (...reasons: ScannerAnswer['unscanned'][number]['reason'][]): ScannerAnswer['unscanned'] =>
  reasons.map((reason) => ({ reason, layers: [], bytes: null }));
const answer = (verdict: ScannerAnswer['verdict'], fields: Partial<ScannerAnswer> = {}): ScannerAnswer => ({
  ...PLAIN,
  verdict,
  ...fields,
});

test('what is infected is FOUND, and what is clean or not looked at on purpose OK, whatever is said of a part', () => {
  for (const partly of SETTINGS) {
    const infected = answer('infected', { threats: threats('Eicar', 'Other'), unscanned: unscanned('encrypted') });
    assert.equal(formatVerdict(infected, partly), 'Eicar FOUND');
    assert.equal(formatVerdict(answer('clean'), partly), 'OK');
    assert.equal(formatVerdict(answer('out-of-scope', { unscanned: unscanned('size') }), partly), 'OK');
    const passed = answer('clean', { threats: threats('Passed') });
    assert.equal(formatVerdict(passed, partly), 'OK', 'the verdict counts, not the names');
    const unnamed = answer('infected', { unscanned: unscanned('encrypted') });
    assert.equal(formatVerdict(unnamed, partly), 'Lazaret.Unnamed FOUND');
    assert.deepEqual(formatVerdicts(unnamed, partly), ['Lazaret.Unnamed FOUND']);
  }
});

test('a file that was read in part is answered as the policy says, by the first reason; without one it is no less in part', () => {
  const partly = answer('partly', { unscanned: unscanned('unsupported-compression', 'encrypted') });
  assert.equal(formatVerdict(partly, 'ok'), 'OK');
  assert.equal(formatVerdict(partly, 'found'), 'Lazaret.NotScanned.UnsupportedCompression FOUND');
  assert.equal(formatVerdict(partly, 'error'), 'not scanned: unsupported-compression ERROR');
  const bare = answer('partly');
  assert.deepEqual(
    SETTINGS.map((setting) => formatVerdict(bare, setting)),
    ['OK', 'Lazaret.NotScanned.Unknown FOUND', 'not scanned: unknown ERROR'],
  );
});

test('ALLMATCHSCAN names each threat once, and is otherwise as the others', () => {
  assert.deepEqual(formatVerdicts(answer('infected', { threats: threats('A', 'B', 'A') }), 'ok'), [
    'A FOUND',
    'B FOUND',
  ]);
  assert.deepEqual(formatVerdicts(answer('clean', { threats: threats('A', 'B') }), 'found'), ['OK']);
  assert.deepEqual(formatVerdicts(answer('partly', { unscanned: unscanned('encrypted') }), 'error'), [
    'not scanned: encrypted ERROR',
  ]);
});
