// SPDX-License-Identifier: Apache-2.0
// Runs the console's component tests with Vitest and counts them. Vitest that finds no test, or ends without a report, has failed.
import { spawnSync } from 'node:child_process';
import type { Counts } from './counts.ts';
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
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export async function runVitest(part: VitestPart): Promise<Counts> {
  const argv = ['run', '--reporter=json', '--no-color'];
  const ran = spawnSync('vitest', argv, { cwd: part.directory, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const from = ran.stdout?.indexOf('{"num') ?? -1;
  if (from < 0) {
    console.log(ran.error?.message ?? `${ran.stdout}\n${ran.stderr}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const report = JSON.parse(ran.stdout.slice(from)) as Report;
  printFailures(report);
  const failed = report.numFailedTests > 0 || ran.status === 0 ? report.numFailedTests : 1;
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
}

function printFailures(report: Report): void {
  for (const { name, message, assertionResults } of report.testResults) {
    if (message !== '') console.log(`FAIL ${name}: ${message}`);
    for (const { status, fullName, failureMessages } of assertionResults)
      if (status === 'failed') console.log(`FAIL ${name}: ${fullName}\n${failureMessages.join('\n')}`);
  }
}
