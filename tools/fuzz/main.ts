// SPDX-License-Identifier: Apache-2.0
// `npm run fuzz -- [--seconds N] [TARGET …]`: the fuzz targets of native/*/fuzz, all or those named, for N seconds all together (120). A crash, leak, hang,
// sanitizer's report or an input that takes too long is a failure; its input stays in .build/fuzz/findings. LAZARET_SEED repeats a run.
import { parseArgs } from 'node:util';
import { testSeed } from '@lazaret/testkit';
import { fuzz } from './fuzz.ts';
import type { FuzzRun } from './run-target.ts';
import { PLANTED, TARGETS } from './targets.ts';

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '120' } },
  allowPositionals: true,
});
const seconds = Number(values.seconds);
const known = [...TARGETS, ...PLANTED];
const unknown = positionals.filter((name) => !known.some((target) => target.name === name));

if (!(seconds > 0) || unknown.length > 0) {
  console.error(
    unknown.length > 0 ? `fuzz: no target is named ${unknown.join(', ')}` : 'fuzz: --seconds is a number above 0',
  );
  console.error(`Targets: ${TARGETS.map(({ name }) => name).join(' ')}`);
  process.exitCode = 2;
} else {
  const chosen = positionals.length > 0 ? known.filter(({ name }) => positionals.includes(name)) : TARGETS;
  console.log(`seed ${testSeed} (LAZARET_SEED=${testSeed} repeats it)`);
  const runs = await fuzz(chosen, { seconds, seed: testSeed, tell: (run) => console.log(lineOf(run)) });
  const faults = runs.flatMap((run) => run.faults);
  for (const fault of faults) console.error(`\nFAULT ${fault}`);
  console.log(`${runs.length} targets, ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function lineOf({ target, executions, perSecond, coverage, slowest, faults }: FuzzRun): string {
  const percent = coverage.lines === 0 ? '-' : `${((coverage.covered / coverage.lines) * 100).toFixed(0)} %`;
  const slow = slowest === null ? '-' : `${(slowest.cpuMicroseconds / 1_000).toFixed(2)} ms/${slowest.bytes} B`;
  return `${target.name.padEnd(22)} ${String(executions).padStart(9)} runs ${String(perSecond).padStart(7)}/s  lines ${percent.padStart(5)}  slowest ${slow}${faults.length > 0 ? '  FAULT' : ''}`;
}
