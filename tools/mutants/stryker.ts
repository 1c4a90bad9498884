// SPDX-License-Identifier: Apache-2.0
// One run of Stryker in a copy of the checkout.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MutationReport } from './report.ts';

const NODE = join(import.meta.dirname, '../node');
const REPORT = 'mutation.json';

export interface StrykerRun {
  /** The copy. */
  readonly directory: string;
  /** Globs or `FILE:LINE-LINE`; tests are never mutated. */
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

/** Throws where it does not come to a report: most often a test fails without a mutant. */
export function runStryker({ directory, mutate, tests }: StrykerRun): MutationReport {
  const testFiles = tests.flatMap((glob) => globSync(glob, { cwd: directory }));
  if (testFiles.length === 0) throw new Error(`no test is named ${tests.join(' ')}`);
  const configuration = {
    testRunner: 'tap',
    plugins: ['@stryker-mutator/tap-runner'],
    // Links of the workspace lead into the copy, and not into a sandbox of Stryker's.
    inPlace: true,
    mutate: [...mutate, '!**/*.test.ts', '!**/index.ts'],
    tap: { testFiles, nodeArgs: ['--test-reporter=tap', '-r', '{{hookFile}}', '{{testFile}}'] },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    reporters: ['json'],
    jsonReporter: { fileName: REPORT },
    checkers: [],
    disableTypeChecks: false,
  };
  const name = 'stryker.conf.json';
  writeFileSync(join(directory, name), JSON.stringify(configuration));
  const program = join(directory, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const ran = spawnSync('bash', [NODE, program, 'run', name], {
    cwd: directory,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (ran.status !== 0)
    throw new Error(`Stryker came to no report:\n${ran.stdout.slice(-4_000)}${ran.stderr.slice(-2_000)}`);
  return JSON.parse(readFileSync(join(directory, REPORT), 'utf8')) as MutationReport;
}
