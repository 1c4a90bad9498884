// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { combineVerdicts, decideVerdict, REASONS_OUTSIDE_COVERAGE } from './verdict.ts';

test('a threat is infected, whatever was not looked at; what was read in part is never clean', () => {
  assert.equal(decideVerdict(1, 0), 'infected');
  assert.equal(decideVerdict(2, 5), 'infected');
  assert.equal(decideVerdict(0, 1), 'partly');
  assert.equal(decideVerdict(0, 0), 'clean');
});

test('of several parts the worst counts, in any order; of nothing, nothing is wrong', () => {
  assert.equal(combineVerdicts([]), 'clean');
  assert.equal(combineVerdicts(['clean', 'clean']), 'clean');
  assert.equal(combineVerdicts(['partly', 'clean']), 'partly');
  assert.equal(combineVerdicts(['clean', 'partly']), 'partly');
  for (const all of [['infected', 'partly', 'clean'], ['clean', 'partly', 'infected'], ['infected']] as const)
    assert.equal(combineVerdicts(all), 'infected');
});

test('what has no content of ours to look at stands outside coverage', () => {
  assert.deepEqual(REASONS_OUTSIDE_COVERAGE, ['special', 'network']);
});
