// SPDX-License-Identifier: Apache-2.0
// Writes the rows of scans, for every feature that orders a scan, learns of it or gives it up. `scans/` reads them for people.
export {
  addQueuedScan,
  cancelScan,
  failOpenScan,
  failQueuedScans,
  noteRun,
  type ScanChange,
  upsertScan,
} from './scan-records.ts';
