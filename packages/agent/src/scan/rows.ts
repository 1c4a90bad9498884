// SPDX-License-Identifier: Apache-2.0
// The rows that a run reports: for a file, an excepted file, a thing that was not opened, and a place that was not entered.
import type { ActionRow, ExceptedRow, FileRow, NotCoveredRow, ScannerAnswer, Threat } from '@lazaret/contract';
import { displayPath, hasForeignBytes, type UnscannedReason } from '@lazaret/core';
import type { RowResult } from './run/totals.ts';
import type { PathText } from './words.ts';

/** A file by its name, and the rule that put it into the scan. */
interface Named {
  readonly path: Buffer;
  readonly text: PathText;
  readonly decidedBy: string;
}

/** A file that was scanned. `action`: null where none was taken. */
export function fileRow(file: Named, answer: ScannerAnswer, threats: Threat[], action: ActionRow | null): FileRow {
  return {
    type: 'file',
    ...pathFields(file.path, file.text),
    verdict: answer.verdict === 'out-of-scope' ? 'clean' : answer.verdict,
    threats,
    unscanned: answer.unscanned,
    ...leftOutOf(answer),
    trueType: answer.trueType,
    bytes: answer.bytes,
    sha256: answer.sha256,
    ...(action === null ? {} : { action }),
    decidedBy: file.decidedBy,
  };
}

type LeftOut = Pick<ScannerAnswer, 'threatsLeftOut' | 'unscannedLeftOut'>;

/** What a file has more than is told one by one, where it has. */
function leftOutOf({ threatsLeftOut, unscannedLeftOut }: LeftOut): LeftOut {
  return {
    ...(threatsLeftOut === undefined ? {} : { threatsLeftOut }),
    ...(unscannedLeftOut === undefined ? {} : { unscannedLeftOut }),
  };
}

/** A file, or a thing, that was never opened: one reason, no layers. */
export function unopenedRow(
  path: Buffer,
  text: PathText,
  reason: UnscannedReason,
  bytes: number,
  decidedBy: string,
): RowResult {
  const outside = reason === 'special' || reason === 'network';
  return {
    row: {
      type: 'file',
      ...pathFields(path, text),
      verdict: 'partly',
      threats: [],
      unscanned: [{ reason, layers: [], bytes }],
      trueType: null,
      bytes,
      sha256: null,
      decidedBy,
    },
    coverage: outside ? { lookedAt: 0, all: 0 } : { lookedAt: 0, all: 1 },
  };
}

export function exceptedRow(path: Buffer, text: PathText, decidedBy: string): ExceptedRow {
  return { type: 'excepted', ...pathFields(path, text), decidedBy };
}

/** LM-8: a place that was not entered. It stands outside coverage. */
export function notCoveredRow(
  path: Buffer,
  text: PathText,
  fileSystemType: string,
  why: NotCoveredRow['why'],
): RowResult {
  const row = { type: 'not-covered', ...pathFields(path, text), fileSystemType, why } as const;
  return { row, coverage: { lookedAt: 0, all: 0 } };
}

/** `path` for people and JSON; the bytes beside it where it is not UTF-8. */
export function pathFields(path: Buffer, text: PathText): { readonly path: string; readonly pathBase64?: string } {
  return hasForeignBytes(text) ? { path: displayPath(text), pathBase64: path.toString('base64') } : { path: text };
}
