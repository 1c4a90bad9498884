// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { LazaretError } from '@lazaret/core';
import { isVerdictOnPatterns, proofOf } from './loading.ts';
import { decideLook, isKept, wayBack } from './order.ts';

const named = (id: string) => ({ manifest: { id } });

test('PF-1e: a look takes the manager’s release where there is one and it is another, else it looks at the sources of the VM', () => {
  const [one, other] = [{ id: 'a' }, { id: 'b' }];
  assert.deepEqual(decideLook(null, one), { does: 'look-at-sources' });
  assert.deepEqual(decideLook(one, { id: 'a' }), { does: 'stay' });
  assert.deepEqual(decideLook(other, one), { does: 'fetch', release: other });
});

test('PF-4d: the way back is the one before, and where there is none it is said', () => {
  assert.deepEqual(wayBack(named('a')), named('a'));
  assert.throws(() => wayBack(null), {
    code: 'patterns.no_previous',
    message: 'There is no previous pattern release.',
  });
});

test('PF-4d: the active release and the one before are kept, and no other', () => {
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => isKept(id, named('a'), named('b'))),
    [true, true, false],
  );
  assert.deepEqual(
    [isKept('a', null, null), isKept('b', named('a'), null), isKept('b', null, named('b'))],
    [false, false, true],
  );
});

test('PF-4a: EICAR is always asked for, and as many signatures as were counted when it was loaded first', () => {
  assert.deepEqual(proofOf({ loaded: null }), { requireEicar: true, expectedSignatures: null });
  assert.deepEqual(proofOf({ loaded: { clamav: 2, yara: 3 } }), { requireEicar: true, expectedSignatures: 5 });
});

test('PF-4c: what hindered the engine, reading or writing is no verdict on patterns; what the engine says of them is', () => {
  const verdict = (code: string): boolean => isVerdictOnPatterns(new LazaretError(code, 'x'));
  for (const code of ['patterns.canary_detected', 'patterns.load_failed', 'patterns.empty', 'patterns.file_gone'])
    assert.ok(verdict(code), code);
  for (const code of [
    'scanner.down',
    'patterns.load_in_progress',
    'patterns.unreadable',
    'patterns.write_failed',
    'x.patterns.y',
  ])
    assert.equal(verdict(code), false, code);
});
