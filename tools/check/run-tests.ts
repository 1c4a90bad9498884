// SPDX-License-Identifier: Apache-2.0
// Runs one group of test files with node:test, a process each, and counts leaf tests. A file that dies counts as failed.
import { run } from 'node:test';
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestEvent } from './test-events.ts';
import { EMPTY, type Outcome } from './counts.ts';
import type { TestPart } from './parts.ts';

/** No single test file may take longer; heavy proofs of --full are the longest. */
const FILE_TIMEOUT_MS = 40 * 60 * 1000;

const SLOW_FILE_MS = 20_000;
const SLOWEST_FILES = 12;

export async function runTests(part: TestPart): Promise<Outcome> {
  const files = filesOf(part);
  const spentMs = new Map<string, number>();
  const passed: { file: string; name: string }[] = [];
  let failed = 0;
  let skipped = 0;
  if (files.length === 0) return { counts: EMPTY, passed };
  const stream = run({ files, concurrency: part.concurrency, timeout: FILE_TIMEOUT_MS, isolation: 'process' });
  for await (const event of stream as AsyncIterable<TestEvent>) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') {
      if (process.env['LAZARET_VERBOSE']) process.stdout.write(event.data.message);
      continue;
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    if (event.data.nesting === 0) addTo(spentMs, event.data.file ?? '', event.data.details.duration_ms ?? 0);
    if (event.data.details.type === 'suite' && !failedItself(event)) continue;
    if (event.data.skip !== undefined || event.data.todo !== undefined) skipped += 1;
    else if (event.type === 'test:pass') passed.push({ file: event.data.file ?? '', name: event.data.name });
    else {
      failed += 1;
      report(event);
    }
  }
  tellSlowest(spentMs);
  return { counts: { passed: passed.length, failed, skipped }, passed };
}

/** The files of a part in a fixed order. */
export function filesOf({ globs, except = [] }: TestPart): readonly string[] {
  return globs
    .flatMap((glob) => globSync(glob))
    .filter((file) => !except.includes(file))
    .toSorted();
}

/** So that whoever makes ./check slower sees it. */
function tellSlowest(spentMs: ReadonlyMap<string, number>): void {
  const slow = [...spentMs].filter(([, ms]) => ms > SLOW_FILE_MS).toSorted(([, left], [, right]) => right - left);
  for (const [file, ms] of slow.slice(0, SLOWEST_FILES))
    console.log(`     ${(ms / 1000).toFixed(0)} s ${relative(process.cwd(), file)}`);
}

function addTo(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

type Ended = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** A suite counts when it failed by its own body or hooks: its tests count themselves. */
function failedItself({ type, data }: Ended): boolean {
  return type === 'test:fail' && data.details.error?.failureType !== 'subtestsFailed';
}

function report(event: Ended): void {
  const { error } = event.data.details;
  console.log(`FAIL ${event.data.file ?? ''}: ${event.data.name}`);
  const cause = error?.cause ?? error;
  console.log(cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause));
}
