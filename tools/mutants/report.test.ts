// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUPS } from './groups.ts';
import { findingsOf, type MutationReport } from './report.ts';
import { mayStart, sampleLines } from './sample.ts';
import { SURVIVORS } from './survivors/index.ts';

const ROOT = join(import.meta.dirname, '../..');

const mutant = (
  status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'CompileError',
  line: number,
  replacement: string,
) => ({
  status,
  replacement,
  location: { start: { line } },
});
const report: MutationReport = {
  files: {
    'a.ts': {
      source: 'one();\n  two(1);\n',
      mutants: [
        mutant('Killed', 1, 'x'),
        mutant('Timeout', 1, 'y'),
        mutant('CompileError', 1, 'z'),
        mutant('Survived', 2, 'two( \n 2)'),
        mutant('NoCoverage', 2, '{}'),
      ],
    },
  },
};

test('a mutant is seen when a test failed or did not end; one that is not needs its explanation, by line and replacement', () => {
  const why = 'because';
  const explained = { file: 'a.ts', was: 'two(1);', becomes: 'two( 2)', why };
  const stale = { ...explained, becomes: 'x' };
  const { seen, all, unexplained, stale: left } = findingsOf(report, [explained, stale, { ...stale, file: 'b.ts' }]);
  assert.deepEqual([seen, all], [2, 4]);
  assert.deepEqual(unexplained, [{ file: 'a.ts', line: 2, was: 'two(1);', becomes: '{}' }]);
  assert.deepEqual(left, [stale], 'no mutant is like that, and its file was mutated');
});

test('each explained line stands in its file', () => {
  for (const { file, was } of SURVIVORS) {
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
    assert.ok(
      lines.some((line) => line.replaceAll(/\s+/g, ' ').trim().startsWith(was.replace(/…$/, ''))),
      `${file}: ${was}`,
    );
  }
});

test('each stretch of each group can be sampled, with tests that exist; the seed decides the order', () => {
  const stretches = sampleLines(GROUPS, ROOT, 1);
  for (const { name, mutate } of GROUPS)
    assert.ok(
      mutate.every((glob) => sampleLines([{ name, mutate: [glob], tests: [] }], ROOT, 1).length > 0),
      name,
    );
  for (const { file } of stretches) assert.ok(existsSync(join(ROOT, file)), file);
  assert.notDeepEqual(stretches, sampleLines(GROUPS, ROOT, 2));
  assert.deepEqual(stretches, sampleLines(GROUPS, ROOT, 1));
});

test('a run of the sample starts only where one and a half of the longest yet would end in time', () => {
  assert.ok(mayStart(0, 90_000, 0), 'the first');
  assert.ok(mayStart(29_999, 90_000, 40_000));
  assert.ok(!mayStart(30_000, 90_000, 40_000));
  assert.ok(!mayStart(90_000, 90_000, 0), 'the copy took all the time');
});
