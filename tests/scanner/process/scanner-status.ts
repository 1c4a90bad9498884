// SPDX-License-Identifier: Apache-2.0
// What the scan process says of itself, and a wait for it.
import { until } from '@lazaret/testkit';
import { REQUEST } from '../../../packages/agent/src/engine/answers/wire.ts';
import type { TestScanner } from '../test-scanner.ts';

export interface ScannerStatus {
  readonly pid: number;
  readonly workerDeaths: number;
  readonly scansOf: readonly number[];
  readonly slow: number;
  readonly suspects: number;
  readonly roomMade: number;
  readonly queued: number;
  readonly releases: readonly {
    readonly state: string;
    readonly loaderPid: number;
    readonly directory: string;
    readonly workers: readonly { readonly pid: number; readonly ready: boolean; readonly jobs: number }[];
  }[];
}

export async function statusOf(scanner: TestScanner): Promise<ScannerStatus> {
  return (await scanner.session.ask(REQUEST.status)) as ScannerStatus;
}

/** Waits, by the scanner's own word, until it is so. */
export async function untilStatus(
  scanner: TestScanner,
  holds: (now: ScannerStatus) => boolean,
): Promise<ScannerStatus> {
  let now = await statusOf(scanner);
  await until(async () => {
    now = await statusOf(scanner);
    return holds(now);
  }, holds.toString()).catch((error: unknown) => {
    throw new Error(`still not so: ${JSON.stringify(now)}`, { cause: error });
  });
  return now;
}
