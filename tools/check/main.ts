// SPDX-License-Identifier: Apache-2.0
// ./check: runs every part in turn and ends with one line that counts. Owns the order of the parts and the closing line;
// what a part proves is said by the part itself. Flags: --full (full sizes), --quick (npm test), --only PART.
import { parseArgs } from 'node:util';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { type Part, PARTS } from './parts.ts';
import { runCommand } from './run-command.ts';
import { runTests } from './run-tests.ts';
import { runVitest } from './run-vitest.ts';
import { runProofs } from './run-proofs.ts';
import { EMPTY, add, formatClosingLine, type Counts, type Outcome } from './counts.ts';

const { values: flags } = parseArgs({
  options: { full: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
});
const seed = process.env['LAZARET_SEED'] ?? String(randomInt(1, 2 ** 31));
process.env['LAZARET_SEED'] = seed;
if (flags.full) process.env['LAZARET_FULL'] = '1';
// Each test file is a process that loads the product anew: its types are stripped once.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '../../.build/compile-cache');
console.log(`seed: ${seed} (LAZARET_SEED=${seed} repeats it)${flags.full ? ', full sizes' : ''}`);

const isFullOnly = (part: Part): boolean => part.kind === 'tests' && part.fullOnly === true;
const parts = PARTS.filter((part) => {
  if (flags.only) return part.name === flags.only;
  return (!flags.quick || part.quick) && (flags.full || !isFullOnly(part));
});
let total: Counts = EMPTY;
const passed: Outcome['passed'][number][] = [];
for (const part of parts) {
  const startedAt = performance.now();
  const outcome = await runPart(part);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  tell(part.name, outcome.counts, `(${seconds} s)`);
  passed.push(...outcome.passed);
}
// Of a part of the tests it would say nothing.
if (!flags.only && !flags.quick) tell('proofs', runProofs(passed), '');
if (parts.length === 0) {
  console.error(`check: no part is named '${flags.only}'. Parts: ${PARTS.map((part) => part.name).join(', ')}`);
  process.exitCode = 2;
} else {
  console.log(formatClosingLine(total));
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function tell(name: string, counts: Counts, more: string): void {
  console.log(`${counts.failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${formatClosingLine(counts)} ${more}`.trimEnd());
  total = add(total, counts);
}

function runPart(part: Part): Promise<Outcome> {
  switch (part.kind) {
    case 'command':
      return runCommand(part);
    case 'tests':
      return runTests(part);
    case 'vitest':
      return runVitest(part);
  }
}
