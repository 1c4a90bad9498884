// SPDX-License-Identifier: Apache-2.0
// What crosses the socket between agent and gate: packets of one JSON object each, a descriptor beside some of them. The gate reads what hostile programs
// name and runs as root; what it says is foreign bytes all the same, and is checked here. Paths are *bytes as text*: one character U+0000–U+00FF a byte.
import { z } from 'zod';
import { ACCESSES } from './opener.ts';

export const GATE_PROTOCOL = 1;
/** A packet of either direction. */
export const GATE_PACKET_BYTES_MAX = 65_536;

/** Numbers in one order. */
export const GATE_DONE_MAX = 2_000;

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();
/** Of what the gate keeps until the agent says that it is done: of an agent that died meanwhile, the next one is told again. */
const number = z.number().int().positive();
const pid = z.number().int().nonnegative();
const isByte = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return false;
  return true;
};
const bytesText = z.string().max(32_768).refine(isByte, 'bytes as text');
/** Decimal text, for what may pass 2^53; a number is taken too. */
const wide = z.union([z.string().regex(/^\d{1,20}$/), count.transform(String)]);

/** Which file: what survives a rename, and what does not survive its deletion. */
export const gateFileSchema = z.object({
  device: wide,
  inode: wide,
  handleType: z.number().int().nullish(),
  handle: z
    .string()
    .max(512)
    .regex(/^[0-9a-f]*$/)
    .nullish(),
});

/** The process that waits, or waited. `startTime`: clock ticks since boot. */
export const gateOpenerSchema = z.object({
  pid,
  startTime: z.coerce.number().int().nonnegative().nullish(),
  executable: bytesText,
  commandLine: z.array(bytesText).max(1_024),
  /** −1: not known any more. */
  uid: z.number().int(),
  gid: z.number().int(),
  container: z.string().max(1_024).nullish(),
  parents: z.array(z.object({ pid, executable: bytesText })).max(128),
});

/** A mounted file system. `namespace`: the mount namespace's number, where it is not this one's. */
export const gateMountSchema = z.object({
  mountPoint: bytesText,
  fileSystemType: z.string().max(128),
  device: z.string().max(32),
  namespace: wide.nullish(),
  why: z.string().max(512).nullish(),
});

/** As many as a packet holds; `more…` counts the others. */
const mounts = {
  watching: z.array(gateMountSchema).max(4_096),
  moreWatching: count.default(0),
  notCovered: z.array(gateMountSchema).max(4_096),
  moreNotCovered: count.default(0),
};

const about = {
  id: count,
  path: bytesText.nullable(),
  /** The path is of the host's own mount tree, so that no container chose it. */
  believed: z.boolean(),
  /** Null: nothing more is known of it than its path. */
  file: gateFileSchema.nullable(),
  opener: gateOpenerSchema.nullable().default(null),
  waitedMs: amount.default(0),
  access: z.enum(ACCESSES).default('open'),
  decidedBy: z.string().max(1_024).default(''),
};

const verdict = {
  ...about,
  /** The scanner's final answer as JSON text. */
  answer: z.string().max(GATE_PACKET_BYTES_MAX),
};

export const LET_THROUGH_CAUSES = ['deadline', 'overload', 'gate-died', 'scanner-down', 'not-ready'] as const;
export const GATE_MODES = ['permission', 'notification', 'none'] as const;

const topEntry = { scans: count, scanMs: amount };

export const gateStatsSchema = z.object({
  opens: count,
  cacheHits: count,
  ignoreMarks: count,
  misses: count,
  outOfScope: count,
  own: count,
  detections: count,
  /** By cause. */
  letThrough: z.record(z.string().max(32), count),
  overload: count,
  /** Opens of owners that had more waiting than their share. */
  overloadRefused: count.default(0),
  /** Files that are known to be refused. */
  detectedEntries: count.default(0),
  /** Whose opens wait, or had more than their share; root is each of its control groups. */
  owners: z
    .array(z.object({ uid: count, waiting: count, overload: count }))
    .max(100)
    .default([]),
  scanMs: amount,
  waiting: count,
  cacheEntries: count,
  /** How often the gate went over to a new version of its program since its supervisor started. Absent from older gates. */
  upgrades: count.optional(),
  /** EX-2h: how often each exception held since the rules were last told, by its place in the policy; the most used first. */
  exceptions: z
    .array(z.object({ decidedBy: z.string().max(1_024), hits: count }))
    .max(100)
    .default([]),
  top: z
    .object({
      processes: z.array(z.object({ executable: bytesText, ...topEntry })).max(1_000),
      paths: z.array(z.object({ path: bytesText, ...topEntry })).max(1_000),
    })
    .default({ processes: [], paths: [] }),
});

/** From the gate. */
export const gateMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.literal(GATE_PROTOCOL),
    pid,
    mode: z.enum(GATE_MODES),
    reason: z.string().max(1_024).nullable(),
    /** `preAccess`: a denied file is refused to truncate by path, too. `closeWrite`: files are scanned as they are closed after a write. */
    kernel: z.object({ preAccess: z.boolean(), closeWrite: z.boolean() }),
  }),
  z.object({ type: z.literal('configured'), generation: count, ...mounts }),
  z.object({ type: z.literal('mounts'), ...mounts }),
  z.object({
    type: z.literal('detection'),
    ...verdict,
    /** Told to each agent until one says that it is done. Gates of older builds give none. */
    number: number.optional(),
    refused: z.boolean(),
    /** How many opens it stands for. `again`: of a file that was told of before. */
    attempts: count.default(1),
    again: z.boolean().default(false),
  }),
  /** Allowed although not everything could be looked at; `dropped` were not told since the last. */
  z.object({ type: z.literal('partly'), ...verdict, dropped: count.default(0) }),
  z.object({
    type: z.literal('let-through'),
    ...about,
    number,
    /** The same, whichever gate tells of it, and how often. */
    letThrough: z.uuid(),
    cause: z.enum(LET_THROUGH_CAUSES),
    answered: z.enum(['allow', 'deny']),
  }),
  /** What changed in the watched places meanwhile nobody saw. */
  z.object({
    type: z.literal('missed'),
    number,
    cause: z.enum(['overflow', 'gate-died']),
    fromMs: amount,
    toMs: amount,
  }),
  z.object({ type: z.literal('stats'), ...gateStatsSchema.shape }),
  /** A configuration that was not taken: the last one stays. */
  z.object({ type: z.literal('refused'), generation: count.optional(), fault: z.string().max(4_096) }),
]);

/** To the gate. */
export const gateOrderSchema = z.discriminatedUnion('type', [
  /** A descriptor beside it: a file with a `GateConfiguration` as JSON. */
  z.object({ type: z.literal('configure') }),
  /** A descriptor beside it: refuse this object to everyone and in every way, until its content changes (AC-6). */
  z.object({ type: z.literal('deny') }),
  z.object({ type: z.literal('stats') }),
  /** What bore these numbers is written down and dealt with: it need not be told again. */
  z.object({ type: z.literal('done'), numbers: z.array(number).max(GATE_DONE_MAX) }),
]);

/** All that the gate decides by. `rules`: as core compiles them. */
export const gateConfigurationSchema = z.object({
  type: z.literal('configure'),
  generation: count,
  /** False: no mark stands, whatever waits is allowed. */
  active: z.boolean(),
  rules: z.looseObject({ version: z.literal(3) }),
  deadlineMs: z.number().int().positive(),
  onDeadline: z.enum(['allow', 'deny']),
  /** What an open gets whose owner has more waiting than its share. */
  onOverload: z.enum(['allow', 'deny']),
  /** The scanner's profile, 96 bytes (native/scanner/PROTOCOL.md). */
  profile: z.string().regex(/^[A-Za-z0-9+/]{128}$/),
  /** Cached verdicts of another text are void. */
  verdicts: z.string().max(1_024),
  /** The agent says of each detection when it has done with it: else the gate keeps none. */
  answersDetections: z.boolean().default(false),
});

export type GateMessage = z.infer<typeof gateMessageSchema>;
export type GateOrder = z.infer<typeof gateOrderSchema>;
export type GateConfiguration = z.infer<typeof gateConfigurationSchema>;
export type GateFile = z.infer<typeof gateFileSchema>;
export type GateOpener = z.infer<typeof gateOpenerSchema>;
export type GateMount = z.infer<typeof gateMountSchema>;
export type GateStats = z.infer<typeof gateStatsSchema>;
