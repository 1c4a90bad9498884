// SPDX-License-Identifier: Apache-2.0
// What happens to a scan that got no answer. Pure.
import type { ScannerAnswer } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { ScanClass } from '../engine.ts';

/** Not this file's fault, and over soon: a queue that is full, a process that has nothing loaded yet. Whoever waits for an answer does not wait for a process
 *  that is not there; what nobody waits for does, or it would never be scanned (RT-9b). */
export function isOfOthers(error: unknown, scanClass: ScanClass): boolean {
  if (!(error instanceof LazaretError)) return false;
  if (error.code === 'scanner.down') return scanClass === 'followUp';
  return error.code === 'scanner.queue_full' || error.code === 'scanner.not_loaded';
}

/** A file, `bytes` long, whose scan came to no answer: said so, never called clean. */
export function failedAnswer(bytes: number): ScannerAnswer {
  return {
    verdict: 'partly',
    threats: [],
    unscanned: [{ reason: 'engine-failure', layers: [], bytes }],
    trueType: 'data',
    bytes,
    sha256: null,
    coverage: { lookedAt: 0, all: 1 },
    timeMs: 0,
  };
}
