// SPDX-License-Identifier: Apache-2.0
export { profileOf, type RunParts } from './execute-run.ts';
export { pathFields, type InfectedFile } from './judge-file.ts';
export { readMountTable } from './mounts.ts';
export { scanRequestSchema, type ScanRequest } from './request.ts';
export {
  requestKeyOf,
  runManager,
  type ManagerParts,
  type RunListener,
  type RunManager,
  type RunView,
  type StartOutcome,
} from './run-manager.ts';
export { tryRunLock, waitForRunLock, type RunLock } from './run-lock.ts';
export type { RunProgress, RunSink } from './run-scan.ts';
export * from './vm-facts.ts';
export { exitCodeOf, type RowResult, type Totals } from './totals.ts';
