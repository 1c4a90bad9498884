// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addCoverage, coverageHundredths, formatCoverage, NO_COVERAGE } from './coverage.ts';
import { combineVerdicts, decideVerdict } from './verdict.ts';

describe('coverage and verdict', () => {
  it('LM-0b: the percentage is rounded down: one leaf of a million missing is not 100 %', () => {
    assert.equal(formatCoverage({ lookedAt: 999_999, all: 1_000_000 }), '999999/1000000 (99.99 %)');
    assert.equal(formatCoverage({ lookedAt: 99_996, all: 100_000 }), '99996/100000 (99.99 %)');
    assert.equal(formatCoverage({ lookedAt: 7, all: 7 }), '7/7 (100.00 %)');
    assert.equal(formatCoverage({ lookedAt: 0, all: 3 }), '0/3 (0.00 %)');
    assert.equal(formatCoverage({ lookedAt: 1, all: 3 }), '1/3 (33.33 %)');
    assert.equal(formatCoverage({ lookedAt: 1, all: 2_000 }), '1/2000 (0.05 %)');
    assert.equal(formatCoverage(NO_COVERAGE), 'nothing to scan');
  });

  it('LM-0b: 100 % means all, however large the numbers are', () => {
    for (const all of [2, 10_000, 2 ** 31, 9_007_199_254_740_991]) {
      assert.equal(coverageHundredths({ lookedAt: all, all }), 10_000);
      assert.ok((coverageHundredths({ lookedAt: all - 1, all }) ?? 10_000) < 10_000, String(all));
    }
  });

  it('LM-0b: parts add up', () => {
    assert.deepEqual(addCoverage({ lookedAt: 1, all: 2 }, { lookedAt: 3, all: 3 }), { lookedAt: 4, all: 5 });
  });

  it('LM-0a: infected before clean as far as read before clean, and one leaf not looked at is never clean', () => {
    assert.equal(decideVerdict(1, 5), 'infected');
    assert.equal(decideVerdict(0, 1), 'partly');
    assert.equal(decideVerdict(0, 0), 'clean');
    assert.equal(combineVerdicts(['clean', 'partly', 'clean']), 'partly');
    assert.equal(combineVerdicts(['partly', 'infected', 'clean']), 'infected');
    assert.equal(combineVerdicts(['clean', 'clean']), 'clean');
  });
});
