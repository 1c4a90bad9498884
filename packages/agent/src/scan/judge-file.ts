// SPDX-License-Identifier: Apache-2.0
// Handles one file of a run, from its open descriptor to its row: scan, exception, plan, action. It owns the open file and closes it. Core makes the decisions;
// this file passes the facts on.
import type { ActionRow, FileRow, ScannerAnswer, Threat } from '@lazaret/contract';
import type { UnscannedDecision } from '@lazaret/core';
import type { FileIdentity, OpenFile, OpenFolder } from '@lazaret/host/ports';
import { exceptedRow, fileRow } from './rows.ts';
import type { RowResult } from './run/totals.ts';
import type { PathText } from './words.ts';

export interface OpenedFile {
  readonly path: Buffer;
  readonly text: PathText;
  readonly opened: OpenFile;
  readonly identity: FileIdentity;
  /** The rule that put it into the scan. */
  readonly decidedBy: string;
  /** The name is on the release's list of text kinds (RT-3). */
  readonly nameListed: boolean;
}

/** An infected file, still open: the very object that an action must touch. */
export interface InfectedFile extends OpenedFile {
  readonly answer: ScannerAnswer;
  readonly threats: readonly Threat[];
  /** Opens the folder that holds it, where no path of our own mount tree leads there. */
  readonly openParent?: () => OpenFolder;
  /** It has lost its name already: there is nothing left to take away. */
  readonly gone?: boolean;
  /** AC-12: nothing was found in it, but it could not be looked at whole, and a rule says what then. */
  readonly ruled?: UnscannedDecision;
}

export interface Judge {
  scan(file: OpenedFile): Promise<ScannerAnswer>;
  /** Kinds come from the release's prefix table. */
  kindOf(name: string): Threat['kind'];
  /** The exception that a content rule (hash, pattern name) makes, or null (EX-2). */
  exceptionOf(file: OpenedFile, answer: ScannerAnswer): string | null;
  /** AC-12. */
  ruleUnscanned(file: OpenedFile, answer: ScannerAnswer): UnscannedDecision | null;
  /** Carries out what the policy says; null for a scan that only reports. */
  act(file: InfectedFile): Promise<ActionRow | null>;
}

/** Null: the file's true type is not in scope (RT-3). */
export async function judgeFile(file: OpenedFile, judge: Judge): Promise<RowResult | null> {
  try {
    const answer = await judge.scan(file);
    if (answer.verdict === 'out-of-scope') return null;
    const exception = answer.verdict === 'infected' ? judge.exceptionOf(file, answer) : null;
    if (exception !== null)
      return { row: exceptedRow(file.path, file.text, exception), coverage: { lookedAt: 0, all: 0 } };
    return { row: await rowOf(file, answer, judge), coverage: answer.coverage };
  } finally {
    file.opened.close();
  }
}

async function rowOf(file: OpenedFile, answer: ScannerAnswer, judge: Judge): Promise<FileRow> {
  const threats = answer.threats.map(({ engine: _, ...threat }) => ({ ...threat, kind: judge.kindOf(threat.name) }));
  return fileRow(file, answer, threats, await actOnFile(file, answer, threats, judge));
}

async function actOnFile(
  file: OpenedFile,
  answer: ScannerAnswer,
  threats: readonly Threat[],
  judge: Judge,
): Promise<ActionRow | null> {
  if (answer.verdict === 'infected') return await judge.act({ ...file, answer, threats });
  const ruled = answer.verdict === 'partly' ? judge.ruleUnscanned(file, answer) : null;
  return ruled === null ? null : await judge.act({ ...file, answer, threats: [unscannedThreat(ruled, answer)], ruled });
}

/** What a detection tells of a file in which nothing was found: the rule's own name, and the first leaf that it is for. */
export function unscannedThreat(
  { threat, reason }: UnscannedDecision,
  { unscanned }: Pick<ScannerAnswer, 'unscanned'>,
): Threat {
  const leaf = unscanned.find((one) => one.reason === reason);
  const layersBase64 = leaf?.layersBase64;
  return {
    name: threat,
    kind: 'other',
    layers: leaf?.layers ?? [],
    ...(layersBase64 === undefined ? {} : { layersBase64 }),
  };
}
