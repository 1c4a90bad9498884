// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterAnswer, afterFailure, afterRetirement } from './pace.ts';

describe('how long an agent waits', () => {
  it('MG-8b: longer with every failure, a minute at most, and never all agents at one moment', () => {
    assert.deepEqual(
      [1, 2, 3, 7, 50].map((failures) => afterFailure(failures, null, 1)),
      [1_000, 2_000, 4_000, 60_000, 60_000],
    );
    assert.deepEqual(
      [1, 2, 3, 7, 50].map((failures) => afterFailure(failures, null, 0)),
      [500, 1_000, 2_000, 30_000, 30_000],
    );
  });

  it('not before the manager’s Retry-After is over', () => {
    assert.equal(afterFailure(1, 120_000, 0), 120_000);
    assert.equal(afterFailure(1, 120_000, 1), 150_000);
    assert.equal(afterFailure(10, 1_000, 1), 60_000);
  });

  it('a manager that answers at once is not asked without end', () => {
    assert.ok(afterAnswer(1, 0) >= 250);
    assert.deepEqual(
      [0, 0.5, 1].map((random) => afterAnswer(249, random)),
      [250, 375, 500],
    );
    assert.deepEqual(
      [0, 0.5, 1].map((random) => afterAnswer(250, random)),
      [0, 50, 100],
    );
  });

  it('a VM that was given up asks about once an hour', () => {
    assert.deepEqual([0, 0.5, 1].map(afterRetirement), [2_700_000, 3_600_000, 4_500_000]);
  });
});
