// SPDX-License-Identifier: Apache-2.0
// The fuzz runner itself: each kind of fault, planted on purpose, is found and told with its input and its seed. A runner that cannot fail proves nothing.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { temporaryDirectory, testSeed } from '@lazaret/testkit';
import { fuzz } from '../../tools/fuzz/fuzz.ts';
import { PLANTED } from '../../tools/fuzz/targets.ts';

const REPORTS: Readonly<Record<string, RegExp>> = {
  'planted-overrun': /AddressSanitizer: heap-buffer-overflow/,
  'planted-leak': /LeakSanitizer: detected memory leaks/,
  'planted-overflow': /runtime error: signed integer overflow/,
  'planted-hang': /libFuzzer: timeout/,
  'planted-slow': /ms of processor time/,
};

test('planted faults are found: an overrun, a leak, an overflow, a hang, slowness; a sound target has none', async (t) => {
  t.diagnostic(`seed: ${testSeed}`);
  const runs = await fuzz(PLANTED, { seconds: 6, seed: testSeed, work: temporaryDirectory(t) });
  for (const { target, faults, executions } of runs) {
    const report = REPORTS[target.name];
    if (report === undefined) {
      assert.deepEqual(faults, []);
      assert.ok(executions > 1_000, `${executions} executions`);
      continue;
    }
    assert.equal(faults.length, 1, `${target.name}: ${faults.join('\n')}`);
    assert.match(faults[0] ?? '', report);
    assert.match(faults[0] ?? '', new RegExp(`seed ${testSeed}\\b`));
    const input = /input (\S+)/.exec(faults[0] ?? '')?.[1] ?? '';
    assert.match(readFileSync(input, 'latin1'), /OVER|LEAK|SUM|HANG|SLOW/);
  }
});
