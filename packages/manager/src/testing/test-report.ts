// SPDX-License-Identifier: Apache-2.0
// For tests: what a VM that is well tells at a check-in.
import type { RealtimeReport, VmReport } from '@lazaret/contract';

const HASH = '0'.repeat(64);

export function zeroCounts(): NonNullable<RealtimeReport['counts']> {
  return {
    opens: 0,
    cacheHits: 0,
    ignoreMarks: 0,
    scans: 0,
    detections: 0,
    refused: 0,
    letThrough: 0,
    overload: 0,
    waiting: 0,
  };
}

export function testReport(fields: Partial<VmReport> = {}): VmReport {
  return {
    policy: { hash: HASH, name: 'Default', notApplied: [], refused: null },
    patterns: { release: 'starter-3f2a90b1c4d5', createdAt: null, signatures: 1, checkedAt: null, fault: null },
    engine: { up: true, workers: 1, workerDeaths: 0 },
    realtime: 'on',
    disk: { freeBytes: 1, totalBytes: 2 },
    vault: { entries: 0, bytes: 0, bytesMax: 1, hash: HASH },
    otherProducts: [],
    clockSynchronised: true,
    knock: { port: null, fault: null },
    spool: { epoch: '01939d00-0000-4000-8000-000000000000', last: 0, acknowledged: 0 },
    runs: [],
    ...fields,
  };
}
