// SPDX-License-Identifier: Apache-2.0
export { profileOf, type RunParts } from './execute-run.ts';
export { pathFields, unscannedThreat, type InfectedFile } from './judge-file.ts';
export type { PathText } from './words.ts';
export { readMountTable } from '@lazaret/host';
export { compileScope, type Scope } from './scope.ts';
export { SCHEDULED_REQUEST, scanRequestSchema, type ScanRequest } from './request.ts';
export {
  requestKeyOf,
  runManager,
  type RunManager,
  type RunView,
} from './run-manager.ts';
export { tryRunLock, waitForRunLock, type RunLock } from './run-lock.ts';
export { shareDone, timeLeftMs, type Estimate } from './estimate.ts';
export type { RunProgress } from './run-scan.ts';
export { programLookup } from '@lazaret/host';
export * from '@lazaret/host';
export { exitCodeOf, isEmpty, type Totals } from './totals.ts';
