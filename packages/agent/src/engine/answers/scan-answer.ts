// SPDX-License-Identifier: Apache-2.0
// Builds the result of a scan from the scanner's packets: rows and hits come before the answer, then the answer itself. Each packet is checked against the
// contract's schema. Pure; it throws if the scanner breaks the contract.
import { scannerAnswerSchema, type ScannerAnswer } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import { ANSWER, type Answer } from './wire.ts';

const rowsSchema = z.object({
  threats: scannerAnswerSchema.shape.threats.default([]),
  unscanned: scannerAnswerSchema.shape.unscanned.default([]),
});
const errorSchema = z.object({ error: z.object({ code: z.string().max(128), detail: z.string().default('') }) });

/** Several times the scanner's own limits: more would be a scanner that does not stop. */
const ROWS_BYTES_MAX = 64 * 1024 * 1024;
/** As many as the scanner tells before the end (earlyHitsMax), with room. */
const HITS_MAX = 1_000;

/** `hits`: found before the end. They stand whatever the last packet says (it comes from a process that the file may have taken over by then). */
export interface Rows extends Pick<ScannerAnswer, 'threats' | 'unscanned'> {
  readonly hits: ScannerAnswer['threats'];
  bytes: number;
}

export function noRows(): Rows {
  return { threats: [], unscanned: [], hits: [], bytes: 0 };
}

/** Takes what comes ahead of the answer, `bytes` long; false: this is the answer. */
export function takeAhead(rows: Rows, answer: Answer, bytes: number): boolean {
  switch (answer.kind) {
    case ANSWER.costly:
      // Who holds an open may want to know that it is costly; nobody here does.
      return true;
    case ANSWER.scanHits:
      addHits(rows, rowsSchema.parse(answer.body).threats);
      return true;
    case ANSWER.scanRows:
      addRows(rows, rowsSchema.parse(answer.body), bytes);
      return true;
    default:
      return false;
  }
}

/** The answer to a scan, with what came ahead of it. */
export function readScan(answer: Answer, rows: Rows): ScannerAnswer {
  if (answer.kind !== ANSWER.scanFinal) throw asError(answer);
  const last = scannerAnswerSchema.parse(answer.body);
  const told = [...rows.threats, ...last.threats];
  const known = new Set(told.map(({ engine, name }) => `${engine} ${name}`));
  const threats = [...told, ...rows.hits.filter(({ engine, name }) => !known.has(`${engine} ${name}`))];
  const verdict = threats.length > 0 ? 'infected' : last.verdict;
  return { ...last, verdict, threats, unscanned: [...rows.unscanned, ...last.unscanned] };
}

/** The answer to anything else. */
export function readBody(answer: Answer): unknown {
  if (answer.kind === ANSWER.error) throw asError(answer);
  return answer.body;
}

function addRows(rows: Rows, more: Pick<ScannerAnswer, 'threats' | 'unscanned'>, bytes: number): void {
  rows.bytes += bytes;
  if (rows.bytes > ROWS_BYTES_MAX) throw new Error('the scanner sends too many rows');
  for (const threat of more.threats) rows.threats.push(threat);
  for (const leaf of more.unscanned) rows.unscanned.push(leaf);
}

function addHits(rows: Rows, hits: ScannerAnswer['threats']): void {
  if (rows.hits.length + hits.length > HITS_MAX) throw new Error('the scanner reports too many detections');
  for (const hit of hits) rows.hits.push(hit);
}

function asError(answer: Answer): Error {
  const parsed = errorSchema.safeParse(answer.body);
  if (!parsed.success) return new Error(`the scanner sent an unexpected answer of kind ${answer.kind}`);
  const { code, detail } = parsed.data.error;
  return new LazaretError(code, detail === '' ? code : detail);
}
