// SPDX-License-Identifier: Apache-2.0
// Runs the console's component tests with Vitest and counts them. Vitest that finds no test, or ends without a report, has failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Outcome } from './counts.ts';
import type { VitestPart } from './parts.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly title: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export async function runVitest(part: VitestPart): Promise<Outcome> {
  const output = join(mkdtempSync(join(import.meta.dirname, '../../.build/vitest-')), 'report.json');
  const argv = ['run', '--reporter=json', `--outputFile=${output}`];
  const ran = spawnSync('vitest', argv, { cwd: part.directory, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (!existsSync(output)) {
    console.log(ran.error?.message ?? `${ran.stdout}\n${ran.stderr}`);
    return { counts: { passed: 0, failed: 1, skipped: 0 }, passed: [] };
  }
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
  rmSync(dirname(output), { recursive: true });
  printFailures(report);
  // A file that does not load has no tests that could fail, and no tests at all prove nothing.
  const isGood = ran.status === 0 && report.numPassedTests > 0;
  const failed = report.numFailedTests > 0 || isGood ? report.numFailedTests : 1;
  const skipped = report.numPendingTests + report.numTodoTests;
  return { counts: { passed: report.numPassedTests, failed, skipped }, passed: passedOf(report) };
}

function passedOf({ testResults }: Report): Outcome['passed'] {
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'passed').map(({ title }) => ({ file, name: title })),
  );
}

function printFailures(report: Report): void {
  for (const { name, message, assertionResults } of report.testResults) {
    if (message !== '') console.log(`FAIL ${name}: ${message}`);
    for (const { status, fullName, failureMessages } of assertionResults)
      if (status === 'failed') console.log(`FAIL ${name}: ${fullName}\n${failureMessages.join('\n')}`);
  }
}
