// SPDX-License-Identifier: Apache-2.0
// Writing the rows of scans, for whoever orders, hears of or gives up one; reading them for people is `scans/`.
export {
  addQueuedScan,
  cancelScan,
  failOpenScan,
  failQueuedScans,
  noteRun,
  type ScanChange,
  upsertScan,
} from './scan-records.ts';
