// SPDX-License-Identifier: Apache-2.0
export { connectControl, type ControlClient } from './control/index.ts';
export * from './daemon/index.ts';
export * from './policy/index.ts';
export {
  exitCodeOf,
  realPath,
  requestKeyOf,
  scanRequestSchema,
  waitForRunLock,
  type RunView,
  type ScanRequest,
  type Totals,
} from './scan/index.ts';
