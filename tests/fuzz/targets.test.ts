// SPDX-License-Identifier: Apache-2.0
// Every parser of ours against generated input, with the compiler's checks: `npm run fuzz` for as long as a part of ./check may take.
import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testSeed } from '@lazaret/testkit';
import { fuzz } from '../../tools/fuzz/fuzz.ts';
import type { FuzzRun } from '../../tools/fuzz/run-target.ts';
import { TARGETS } from '../../tools/fuzz/targets.ts';

/** With the planted ones, the replays and the counting of lines within 120 s: 90 s on two cores that others used, too. Set-up builds the programs. */
const SECONDS = 50;

describe(`fuzz targets, seed ${testSeed}`, () => {
  let runs: readonly FuzzRun[] = [];
  before(async () => {
    const work = mkdtempSync(join(tmpdir(), 'lazaret-fuzz-'));
    runs = await fuzz(TARGETS, { seconds: SECONDS, seed: testSeed, work });
    rmSync(work, { recursive: true });
  });

  for (const { name } of TARGETS)
    test(`${name}: no crash, no leak, no hang, no undefined behaviour, none too slow`, (t) => {
      const run = runs.find(({ target }) => target.name === name);
      assert.ok(run);
      t.diagnostic(`${run.executions} executions, ${run.coverage.covered} of ${run.coverage.lines} lines`);
      assert.deepEqual(run.faults, []);
      assert.ok(run.executions > 0);
      // A target that does not reach its parser proves nothing of it.
      assert.ok(run.coverage.covered > 0);
    });
});
