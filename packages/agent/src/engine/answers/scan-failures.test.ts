// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scannerAnswerSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { failedAnswer, isOfOthers } from './scan-failures.ts';
import { SCAN_CLASSES } from './wire.ts';

const CLASSES = Object.keys(SCAN_CLASSES) as (keyof typeof SCAN_CLASSES)[];
const triedAgain = (error: unknown) => CLASSES.filter((scanClass) => isOfOthers(error, scanClass));
const coded = (code: string): LazaretError => new LazaretError(code, code);

test('a scan is tried again where the scanner is busy or has nothing loaded yet; where there is none, only if nobody waits for the answer', () => {
  assert.deepEqual(triedAgain(coded('scanner.queue_full')), CLASSES);
  assert.deepEqual(triedAgain(coded('scanner.not_loaded')), CLASSES);
  assert.deepEqual(triedAgain(coded('scanner.down')), ['followUp']);
  assert.deepEqual(triedAgain(coded('scanner.broken')), []);
  assert.deepEqual(triedAgain(Object.assign(new Error(''), { code: 'scanner.queue_full' })), []);
  assert.deepEqual(triedAgain(null), []);
});

test('a file whose scan came to no answer is partly scanned, with why, and never clean', () => {
  const answer = failedAnswer(7);
  assert.deepEqual(answer, {
    verdict: 'partly',
    threats: [],
    unscanned: [{ reason: 'engine-failure', layers: [], bytes: 7 }],
    trueType: 'data',
    bytes: 7,
    sha256: null,
    coverage: { lookedAt: 0, all: 1 },
    timeMs: 0,
  });
  assert.deepEqual(scannerAnswerSchema.parse(answer), answer);
});
