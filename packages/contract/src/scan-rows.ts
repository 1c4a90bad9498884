// SPDX-License-Identifier: Apache-2.0
// What `lazaret scan --json` prints: NDJSON, one object a line, a summary last. docs/reference/scan-json.md tells it to people.
import { z } from 'zod';
import { leftOutFields, UNSCANNED_REASONS, unscannedLeafSchema } from './scanner.ts';

const count = z.number().int().nonnegative();
const pointer = z.string().regex(/^(\/[^/]*)*$/);
const layers = z.array(z.string());

export const THREAT_KINDS = [
  'virus',
  'trojan',
  'worm',
  'ransomware',
  'miner',
  'webshell',
  'exploit',
  'dropper',
  'macro',
  'pua',
  'test',
  'other',
] as const;

export const ACTIONS = ['delete', 'clean', 'pass', 'deny', 'quarantine'] as const;

/** One threat in a file: its pattern's name, its kind, and the members that lead to it. */
export const threatSchema = z.object({
  name: z.string(),
  kind: z.enum(THREAT_KINDS),
  layers,
  layersBase64: layers.optional(),
});

/**
 * How one step went. `gone`: somebody else removed the file first. `changed`: it is not what was scanned any more, nothing was touched.
 * `copy-failed` and `original-not-deleted` are quarantine's two failures (AC-7).
 */
export const STEP_RESULTS = ['done', 'gone', 'changed', 'failed', 'copy-failed', 'original-not-deleted'] as const;

/** One step of an action. `error` is a code of the catalogue. */
export const actionStepSchema = z.object({
  action: z.enum(ACTIONS),
  result: z.enum(STEP_RESULTS),
  error: z.string().optional(),
  message: z.string().optional(),
});

/** What was done with an infected file (AC-3…AC-7), and whether a person is to be told. */
export const actionRowSchema = z.object({
  primary: actionStepSchema,
  secondary: actionStepSchema.optional(),
  notify: z.boolean(),
  /** The vault's entry where one was made. */
  quarantineId: z.string().optional(),
  /** The rule of the policy that chose the action. */
  decidedBy: pointer,
});

/** One file of the scope. `partly` = clean as far as read. Rows whose reason is `special` or `network` stand outside coverage. */
export const fileRowSchema = z.object({
  type: z.literal('file'),
  path: z.string(),
  /** Beside `path` when the name is not UTF-8. */
  pathBase64: z.string().optional(),
  verdict: z.enum(['infected', 'clean', 'partly']),
  threats: z.array(threatSchema),
  unscanned: z.array(unscannedLeafSchema),
  ...leftOutFields,
  trueType: z.string().nullable(),
  bytes: count,
  /** Null unless the whole file was read. */
  sha256: z.string().nullable(),
  action: actionRowSchema.optional(),
  /** The rule of the policy that put the file into the scan. */
  decidedBy: pointer,
});

/** A file that an exception hides: by its path it was not opened, by its content it was scanned and left alone. */
export const exceptedRowSchema = z.object({
  type: z.literal('excepted'),
  path: z.string(),
  pathBase64: z.string().optional(),
  decidedBy: pointer,
});

/** A place below a scanned directory that was not entered: another file system, unless the command or policy told so. */
export const notCoveredRowSchema = z.object({
  type: z.literal('not-covered'),
  path: z.string(),
  pathBase64: z.string().optional(),
  fileSystemType: z.string(),
  why: z.enum(['other-file-system', 'pseudo', 'unreadable']),
});

/** The last line. `coverage.all` − `coverage.lookedAt` = the number of `unscanned` rows inside coverage, with those that are left out. */
export const summaryRowSchema = z.object({
  type: z.literal('summary'),
  files: count,
  infected: count,
  partly: count,
  bytes: count,
  coverage: z.object({ lookedAt: count, all: count }),
  unscanned: z.partialRecord(z.enum(UNSCANNED_REASONS), count),
  excepted: count,
  /** EX-2h: files that each exception held for, by its place in the policy. */
  exceptedBy: z.record(z.string().max(1_024), count).default({}),
  patternRelease: z.string(),
  elapsedMs: count,
  /** `done`, or how the run ended instead. */
  state: z.enum(['done', 'cancelled', 'incomplete']),
  actionsFailed: count,
});

export const scanRowSchema = z.discriminatedUnion('type', [
  fileRowSchema,
  exceptedRowSchema,
  notCoveredRowSchema,
  summaryRowSchema,
]);

export type Threat = z.infer<typeof threatSchema>;
export type ActionStep = z.infer<typeof actionStepSchema>;
export type ActionRow = z.infer<typeof actionRowSchema>;
export type FileRow = z.infer<typeof fileRowSchema>;
export type ExceptedRow = z.infer<typeof exceptedRowSchema>;
export type NotCoveredRow = z.infer<typeof notCoveredRowSchema>;
export type SummaryRow = z.infer<typeof summaryRowSchema>;
export type ScanRow = z.infer<typeof scanRowSchema>;
