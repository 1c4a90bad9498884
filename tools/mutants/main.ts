// SPDX-License-Identifier: Apache-2.0
// `npm run mutants [-- WORDS]`: mutants of each group whose name has WORDS, or those of FILE:LINE-LINE. `--check`: for 90 seconds those of some lines, which LAZARET_SEED
// chooses; all of them where LAZARET_FULL is 1. Exit 0 only if nine of ten are seen, each that is not has its explanation, and no explanation is stale.
import { globSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fullSize, testSeed } from '@lazaret/testkit';
import { copyCheckout } from './checkout-copy.ts';
import { GROUPS, type MutantGroup } from './groups.ts';
import { findingsOf, type Findings } from './report.ts';
import { mayStart, sampleLines } from './sample.ts';
import { runStryker } from './stryker.ts';
import { SURVIVORS } from './survivors/index.ts';

const SCORE_LEAST = 0.9;

/** All of --check, the copy too. */
const SAMPLE_MS = 90_000;

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false }, 'at-once': { type: 'string', default: '2' } },
  allowPositionals: true,
});
const atOnce = Number(values['at-once']);
const directory = copyCheckout();
/** Ctrl-C ends all, not the run alone that is under way. */
const stop = new AbortController();
const { signal } = stop;
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(name)));

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  if (!signal.aborted) throw error;
  console.log(`stopped (${signal.reason instanceof Error ? signal.reason.message : ''})`);
  process.exitCode = 130;
}

function run(): Promise<boolean> {
  if (values.check && !fullSize) return runSample();
  const words = positionals.join(' ');
  return /\.ts(:\d+-\d+)?$/.test(words) ? runLines(positionals) : runGroups(words);
}

async function runGroups(words: string): Promise<boolean> {
  const wanted = GROUPS.filter(({ name }) => name.includes(words));
  if (wanted.length === 0) console.log(`No group of mutants has ${words} in its name.`);
  let good = 0;
  for (const group of wanted) if (await runGroup(group)) good += 1;
  return good > 0 && good === wanted.length;
}

async function runGroup({ name, mutate, tests }: MutantGroup): Promise<boolean> {
  const startedMs = performance.now();
  const report = await runStryker({ directory, mutate, tests, atOnce, signal });
  if (report === null) return false;
  const findings = findingsOf(report, SURVIVORS);
  tell(name, findings, startedMs);
  for (const { file, was, becomes } of findings.stale)
    console.log(`  explained, and seen: ${file}: ${was} → ${becomes}`);
  const score = findings.seen / findings.all;
  return score >= SCORE_LEAST && findings.unexplained.length === 0 && findings.stale.length === 0;
}

/** While one works on a survivor: `FILE:LINE-LINE …`, with the tests of the file's group. */
async function runLines(places: readonly string[]): Promise<boolean> {
  let isEach = true;
  for (const { name, mutate, tests } of GROUPS) {
    const files = new Set(mutate.flatMap((glob) => globSync(glob, { cwd: directory })));
    const mine = places.filter((place) => files.has(place.replace(/:.*$/, '')));
    if (mine.length === 0) continue;
    const report = await runStryker({ directory, mutate: mine, tests, atOnce, signal });
    const findings = report === null ? null : findingsOf(report, SURVIVORS);
    if (findings !== null) tell(name, findings, 0);
    isEach &&= findings?.unexplained.length === 0;
  }
  return isEach;
}

/** Stretches of lines as long as there is time. One that time cuts off says nothing; if none ends in time, nothing was checked. */
async function runSample(): Promise<boolean> {
  console.log(`mutants: LAZARET_SEED=${testSeed} chooses these lines again`);
  let [ended, unexplained, longestMs] = [0, 0, 0];
  for (const { file, from, to, tests } of sampleLines(GROUPS, directory, testSeed)) {
    const startedMs = performance.now();
    if (!mayStart(startedMs, SAMPLE_MS, longestMs)) break;
    const mutate = [`${file}:${from}-${to}`];
    const report = await runStryker({ directory, mutate, tests, atOnce, signal, timeoutMs: SAMPLE_MS - startedMs });
    if (report === null) {
      console.log(`     ${file}:${from}-${to}: not ended in time`);
      break;
    }
    const findings = findingsOf(report, SURVIVORS);
    tell(`${file}:${from}-${to}`, findings, startedMs);
    if (findings.all > 0) ended += 1;
    unexplained += findings.unexplained.length;
    longestMs = Math.max(longestMs, performance.now() - startedMs);
  }
  if (ended === 0) console.log('FAIL no stretch of lines ended in time: nothing was checked');
  return ended > 0 && unexplained === 0;
}

function tell(name: string, { seen, all, unexplained }: Findings, startedMs: number): void {
  const percent = all === 0 ? '' : ` (${((100 * seen) / all).toFixed(1)} %)`;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  const word = unexplained.length === 0 ? 'ok  ' : 'FAIL';
  console.log(`${word} ${name}: ${seen} of ${all} mutants seen${percent}, ${seconds} s`);
  for (const { file, line, was, becomes } of unexplained)
    console.log(`  not seen: ${file}:${line}: ${was} → ${becomes}`);
}
