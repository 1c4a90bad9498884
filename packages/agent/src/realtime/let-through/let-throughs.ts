// SPDX-License-Identifier: Apache-2.0
// Opens that were let through, that is, answered before their file was scanned (RT-9b). Each is recorded at once, scanned as soon as the engine can, and acted
// on if it is infected. It owns the open files until their scan has ended; if many wait, further files are opened by their handle when their turn comes. The
// gate repeats each message until the agent confirms it; a repeated message is not handled twice. Many opens of one file wait for one scan, which begins after
// all of them.
import type { GateFile, GateMessage, LetThrough } from '@lazaret/contract';
import { pathTextFromBytes, type LazaretError } from '@lazaret/core';
import { ownerOfUser } from '@lazaret/platform';
import { pathFields } from '../../scan/index.ts';
import { aftermath, type Aftermath } from '../detections/aftermath.ts';
import { actOnDetected } from '../detections/detected.ts';
import { bytesOf, toOpener } from '@lazaret/host';
import { closingOnFault, type OpenFile, type OpenerFacts } from '@lazaret/host/ports';
import type { ObjectsAtWork } from '../detections/objects-at-work.ts';
import { reasonsOf, scanOrClose, type ScanOrder } from '../scan-descriptor.ts';
import { toldOnce, type ToldOnce } from '../detections/told-once.ts';
import type { RealtimeParts } from '../types.ts';
import { workQueue, type WorkQueue } from './work-queue.ts';

type Message = Extract<GateMessage, { type: 'let-through' }>;
type Scanned = Omit<NonNullable<LetThrough['scanned']>, 'afterMs'>;

interface FollowUp {
  readonly message: Message;
  readonly opened: OpenFile | null;
  readonly fields: Omit<Parameters<NonNullable<RealtimeParts['listener']>['letThrough']>[0], 'scanned'>;
  readonly sinceMs: number;
  /** Opens of the same file that came before its scan began. */
  readonly others: Pick<FollowUp, 'message' | 'fields' | 'sinceMs'>[];
}

export interface LetThroughsOptions {
  readonly parts: RealtimeParts;
  readonly objects: ObjectsAtWork;
  readonly openers: OpenerFacts;
  readonly atOnceMax: number;
  /** Of what one user opened. */
  readonly ofOwnerMax?: number;
  /** Those that wait with their file open, and all. */
  readonly descriptorsMax?: number;
  readonly waitingMax?: number;
  /** By what a file is scanned now; null while nothing is compiled. */
  order(path: Buffer, believed: boolean): ScanOrder | null;
  deny(file: OpenFile): Promise<boolean>;
  /** Its events are written and its file is dealt with. */
  done(number: number): void;
}

export interface LetThroughs {
  take(message: Message, file: OpenFile | null): void;
  waiting(): number;
  ended(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

const DESCRIPTORS_MAX = 1_000;
/** More than one gate ever tells without hearing that some are done. */
const WAITING_MAX = 50_000;
/** So many that are done are remembered, for a gate that has not heard it: as many as may wait for one write. */
const DONE_MAX = WAITING_MAX;
const WITHIN_MS = 55_000;
const WITHIN_MS_MIN = 10_000;
/** Opens that wait for one scan. */
const SAME_MAX = 10_000;

/** What waits, what is known, and what became of the others. */
interface Desk {
  readonly options: LetThroughsOptions;
  readonly queue: WorkQueue<FollowUp>;
  readonly known: ToldOnce<string>;
  /** By file and answer. */
  readonly notBegun: Map<string, FollowUp>;
  readonly ended: Record<string, number>;
  readonly writes: Aftermath;
}

export function letThroughs(options: LetThroughsOptions): LetThroughs {
  const queue = workQueue<FollowUp>({
    atOnceMax: options.atOnceMax,
    ...(options.ofOwnerMax === undefined ? {} : { ofOwnerMax: options.ofOwnerMax }),
    ownerOf,
    waitingMax: options.waitingMax ?? WAITING_MAX,
    work: (followUp) => workOff(followUp, desk),
  });
  const known = toldOnce<string>(DONE_MAX);
  const desk: Desk = { options, queue, known, notBegun: new Map(), ended: {}, writes: aftermath() };
  return {
    waiting: () => queue.size(),
    ended: () => desk.ended,
    close: async () => {
      await queue.close(close);
      await desk.writes.ended();
    },
    take: (message, given) => {
      const before = known.begin(message.letThrough);
      if (before === 'done') options.done(message.number);
      if (before === 'new') takeNew(message, given, desk);
      else close({ opened: given });
    },
  };
}

function close({ opened }: Pick<FollowUp, 'opened'>): void {
  opened?.close();
}

/** Told at once; joins a scan of the same file that has not begun. */
function takeNew(message: Message, given: OpenFile | null, { options, queue, known, notBegun }: Desk): void {
  const { parts } = options;
  const hasRoom = queue.size() < (options.descriptorsMax ?? DESCRIPTORS_MAX);
  if (!hasRoom) close({ opened: given });
  const opened = hasRoom ? given : null;
  const sinceMs = parts.clock.monotonicMs();
  const followUp: FollowUp = { message, opened, fields: fieldsOf(message, options), sinceMs, others: [] };
  tell({ ...followUp.fields, scanned: null }, parts);
  void isOnDisk(parts);
  const same = message.file === null ? undefined : notBegun.get(keyOf(message));
  if (same !== undefined && same.others.length < SAME_MAX) {
    same.others.push(followUp);
    return close(followUp);
  }
  notBegun.set(keyOf(message), followUp);
  if (queue.push(followUp)) return;
  notBegun.delete(keyOf(message));
  close(followUp);
  // Told again by the next gate, or to the next agent.
  known.forget(message.letThrough);
}

async function workOff(followUp: FollowUp, desk: Desk): Promise<void> {
  const { options, notBegun, ended, writes } = desk;
  const { parts } = options;
  notBegun.delete(keyOf(followUp.message));
  const scanned = await followUpOne(followUp, options).catch((error: LazaretError): Scanned => {
    parts.log.warn({ path: followUp.fields.path, message: error.message }, 'a let-through file was not scanned');
    return { verdict: 'failed' };
  });
  const all = [followUp, ...followUp.others];
  for (const { fields, sinceMs } of all) {
    ended[scanned.verdict] = (ended[scanned.verdict] ?? 0) + 1;
    const afterMs = Math.round(parts.clock.monotonicMs() - sinceMs);
    tell({ ...fields, scanned: { ...scanned, afterMs } }, parts);
  }
  // Its place goes to the next scan: a slow disk would let a few through at each of its writes.
  writes.add(finishOnDisk(all, desk));
}

async function finishOnDisk(all: readonly Pick<FollowUp, 'message'>[], { options, known }: Desk): Promise<void> {
  const isSafe = await isOnDisk(options.parts);
  for (const { message } of all) {
    // The gate tells it again.
    if (!isSafe) known.forget(message.letThrough);
    else {
      known.done(message.letThrough);
      options.done(message.number);
    }
  }
}

/** Who opened it waits behind its own. */
function ownerOf({ message }: FollowUp): number {
  return ownerOfUser(message.opener?.uid ?? -1);
}

function keyOf({ file, answered }: Message): string {
  return `${file?.device}:${file?.inode}:${file?.handle ?? ''} ${answered}`;
}

function tell(
  event: Parameters<NonNullable<RealtimeParts['listener']>['letThrough']>[0],
  { spool, listener }: RealtimeParts,
): void {
  spool.append('realtime.let-through', event);
  listener?.letThrough(event);
}

/** Thousands come at once under overload: they share few writes, and no event waits in line for a slow disk. */
async function isOnDisk({ spool, log }: RealtimeParts): Promise<boolean> {
  try {
    await spool.synced();
    return true;
  } catch (error) {
    log.error({ message: (error as Error).message }, 'events of let-through opens could not be written to disk yet');
    return false;
  }
}

function fieldsOf(message: Message, { openers }: LetThroughsOptions): FollowUp['fields'] {
  const { letThrough, cause, answered, access, file, waitedMs } = message;
  const path = message.path === null ? null : bytesOf(message.path);
  return {
    letThrough,
    cause,
    answered,
    ...(path === null ? { path: null } : pathFields(path, pathTextFromBytes(path))),
    file: file === null ? null : identityOf(file),
    access,
    opener: toOpener(message.opener, openers),
    waitedMs,
  };
}

function identityOf({ device, inode, handleType, handle }: GateFile): NonNullable<LetThrough['file']> {
  const whole = handleType == null || handle == null ? null : `${handleType}:${handle}`;
  return { fileSystem: null, handle: whole, device, inode };
}

/** Closes the file, whatever comes. */
async function followUpOne(followUp: FollowUp, options: LetThroughsOptions): Promise<Scanned> {
  const { message, fields } = followUp;
  const { parts, objects } = options;
  const opened = followUp.opened ?? (await parts.host.realtime.openClue(message));
  if (opened === null) return { verdict: 'gone' };
  const order = closingOnFault(opened, () => orderFor(opened, message, options));
  const end =
    order === null
      ? ({ kind: 'failed' } as const)
      : await scanOrClose(opened, { ...order, owner: ownerOf(followUp), withinMs: timeFor(followUp, parts) }, parts);
  if (end.kind !== 'infected') {
    opened.close();
    return end.kind === 'partly' ? { verdict: end.kind, reasons: [...end.reasons] } : { verdict: end.kind };
  }
  await actOnDetected(
    {
      opened,
      clue: message,
      answer: end.answer,
      threats: end.threats,
      ...(end.ruled === undefined ? {} : { ruled: end.ruled }),
      decidedBy: order?.scope.scopeRule ?? '',
      facts: {
        access: message.access,
        refused: message.answered === 'deny',
        opener: fields.opener,
        attempts: 1 + followUp.others.length,
        deny: () => options.deny(opened),
      },
    },
    objects,
    parts,
  );
  return end.ruled === undefined ? { verdict: 'infected' } : { verdict: 'partly', reasons: [...reasonsOf(end.answer)] };
}

/** RT-9b gives it a minute. What a slow file leaves unread then is told as `partly`, with its reason; one that had no turn yet has one all the same. */
function timeFor({ sinceMs }: FollowUp, { clock }: RealtimeParts): number {
  return Math.max(WITHIN_MS - Math.round(clock.monotonicMs() - sinceMs), WITHIN_MS_MIN);
}

/** By its path where our own tree shows it: a dead gate's word is not taken for it, nor a container's. */
function orderFor(file: OpenFile, message: Message, options: LetThroughsOptions): ScanOrder | null {
  if (message.believed) return options.order(bytesOf(message.path ?? ''), true);
  const reach = options.parts.host.realtime.reachFile(file, message);
  const isOurs = reach !== null && reach.openParent === undefined;
  return isOurs ? options.order(reach.path, true) : options.order(bytesOf(message.path ?? ''), false);
}
