// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideMember, defaultLimits, findRangeFaults, LOAD_PERCENT, LOAD_PERCENT_MIN } from './limits.ts';

describe('limits', () => {
  it('LM-5d: five layers are scanned, the sixth is not', () => {
    const limits = defaultLimits('manual');
    assert.equal(decideMember(limits, { compressionLayers: 5, leafBytes: 1 }), null);
    assert.equal(decideMember(limits, { compressionLayers: 6, leafBytes: 1 }), 'layers');
  });

  it('LM-6a, LM-7a: 10 MB or greater is not scanned by real-time, 30 MB by the others; one byte less is', () => {
    for (const [kind, bytes] of [
      ['realtime', 10_485_760],
      ['scheduled', 31_457_280],
      ['manual', 31_457_280],
    ] as const) {
      const limits = defaultLimits(kind);
      assert.equal(decideMember(limits, { compressionLayers: 1, leafBytes: bytes - 1 }), null);
      assert.equal(decideMember(limits, { compressionLayers: 1, leafBytes: bytes }), 'size');
    }
  });

  it('LM-6b: a member that is itself a container has no size to compare', () => {
    assert.equal(decideMember(defaultLimits('realtime'), { compressionLayers: 2, leafBytes: null }), null);
  });

  it('LM-6c: ranges hold at both ends', () => {
    const range = { min: 1, max: 30 };
    for (const value of [1, 30]) assert.deepEqual(findRangeFaults(value, range, '/x'), []);
    for (const value of [0, 31, 1.5, Number.NaN, Infinity])
      assert.equal(findRangeFaults(value, range, '/x')[0]?.code, 'limits.out_of_range');
  });

  it('SC-9b: low, medium, high are 20, 50 and 100 % of all cores, and none is under 5 %', () => {
    assert.deepEqual(LOAD_PERCENT, { low: 20, medium: 50, high: 100 });
    for (const percent of Object.values(LOAD_PERCENT)) assert.ok(percent >= LOAD_PERCENT_MIN);
  });
});
