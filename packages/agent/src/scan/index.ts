// SPDX-License-Identifier: Apache-2.0
export { profileOf, type RunParts } from './run/execute-run.ts';
export { unscannedThreat, type InfectedFile } from './judge-file.ts';
export { pathFields } from './rows.ts';
export type { PathText } from './words.ts';
export { compileScope, type Scope } from './walk/scope.ts';
export { SCHEDULED_REQUEST, scanRequestSchema, type ScanRequest } from './run/request.ts';
export {
  requestKeyOf,
  runManager,
  type RunManager,
  type RunView,
} from './run/run-manager.ts';
export { tryRunLock, waitForRunLock, type RunLock } from './run/run-lock.ts';
export { shareDone, timeLeftMs, type Estimate } from './run/estimate.ts';
export type { RunProgress } from './run/run-scan.ts';
export { exitCodeOf, isEmpty, type Totals } from './run/totals.ts';
