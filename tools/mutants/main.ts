// SPDX-License-Identifier: Apache-2.0
// `npm run mutants [-- WORDS]`: mutants of each group whose name has WORDS. `--check`: for 90 seconds those of some lines, which LAZARET_SEED
// chooses; all of them where LAZARET_FULL is 1. Exit 0 only if nine of ten are seen, each that is not has its explanation, and no explanation is stale.
import { parseArgs } from 'node:util';
import { fullSize, testSeed } from '@lazaret/testkit';
import { copyCheckout } from './checkout-copy.ts';
import { GROUPS } from './groups.ts';
import { findingsOf, type Findings } from './report.ts';
import { sampleLines } from './sample.ts';
import { runStryker } from './stryker.ts';
import { SURVIVORS } from './survivors.ts';

const SCORE_LEAST = 0.9;

const SAMPLE_MS = 90_000;

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const directory = copyCheckout();
process.exitCode = (values.check && !fullSize ? runSample() : runGroups(positionals.join(' '))) ? 0 : 1;

function runGroups(words: string): boolean {
  const wanted = GROUPS.filter(({ name }) => name.includes(words));
  if (wanted.length === 0) console.log(`No group of mutants has ${words} in its name.`);
  const good = wanted.map(({ name, mutate, tests }) => {
    const findings = findingsOf(runStryker({ directory, mutate, tests }), SURVIVORS);
    const score = findings.seen / findings.all;
    tell(name, findings);
    for (const { file, was, becomes } of findings.stale)
      console.log(`  explained, and seen: ${file}: ${was} → ${becomes}`);
    return score >= SCORE_LEAST && findings.unexplained.length === 0 && findings.stale.length === 0;
  });
  return good.length > 0 && good.every(Boolean);
}

/** At least one stretch of lines, and more as long as there is time. */
function runSample(): boolean {
  console.log(`mutants: seed ${testSeed}`);
  const end = performance.now() + SAMPLE_MS;
  let isGood = true;
  let longestMs = 0;
  for (const { file, from, to, tests } of sampleLines(GROUPS, directory, testSeed)) {
    const startedMs = performance.now();
    const findings = findingsOf(runStryker({ directory, mutate: [`${file}:${from}-${to}`], tests }), SURVIVORS);
    tell(`${file}:${from}-${to}`, findings);
    isGood &&= findings.unexplained.length === 0;
    longestMs = Math.max(longestMs, performance.now() - startedMs);
    if (performance.now() + longestMs > end) break;
  }
  return isGood;
}

function tell(name: string, { seen, all, unexplained }: Findings): void {
  const percent = all === 0 ? '' : ` (${((100 * seen) / all).toFixed(1)} %)`;
  console.log(`${unexplained.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${seen} of ${all} mutants seen${percent}`);
  for (const { file, line, was, becomes } of unexplained)
    console.log(`  not seen: ${file}:${line}: ${was} → ${becomes}`);
}
