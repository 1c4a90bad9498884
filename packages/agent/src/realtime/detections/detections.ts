// SPDX-License-Identifier: Apache-2.0
// Opens that the gate refused, or allowed because the policy says so. Each becomes an action on that very file and an event that names the process. If more
// detections arrive than the agent can handle, it stops reading the link; the gate answers opens without the agent. It owns the open files from the message on.
// The gate keeps each detection until its event is on the disk, so an agent that restarts is told again.
import { decidedBySchema, scannerAnswerSchema, type GateMessage, type ScannerAnswer } from '@lazaret/contract';
import { contentException, pathTextFromBytes } from '@lazaret/core';
import { unscannedThreat, type Scope } from '../../scan/index.ts';
import { aftermath } from './aftermath.ts';
import { actOnDetected, type Detected } from './detected.ts';
import { bytesOf, toOpener } from '@lazaret/host';
import { closingOnFault, type OpenFile, type OpenerFacts } from '@lazaret/host/ports';
import type { ObjectsAtWork } from './objects-at-work.ts';
import { threatsOf } from '../scan-descriptor.ts';
import { toldOnce, type ToldOnce } from './told-once.ts';
import type { RealtimeParts } from '../types.ts';
import { workQueue } from '../let-through/work-queue.ts';

type Message = Extract<GateMessage, { type: 'detection' }>;

export interface DetectionsOptions {
  readonly parts: RealtimeParts;
  readonly objects: ObjectsAtWork;
  readonly openers: OpenerFacts;
  readonly scope: () => Scope | null;
  readonly deny: (file: OpenFile) => Promise<boolean>;
  /** Its event is written and its file is dealt with. */
  readonly done: (number: number) => void;
  /** Whether the link may be read on. */
  readonly setReading: (reading: boolean) => void;
}

export interface Detections {
  take(message: Message, file: OpenFile | null): void;
  excepted(): number;
  close(): Promise<void>;
}

const AT_ONCE = 4;
const WAITING_MAX = 2_048;
const READ_ON_BELOW = 512;
/** More than the gate keeps. */
const DONE_MAX = 20_000;

interface Job {
  readonly message: Message;
  /** Null: the gate had no room for it, so it is opened by its handle when its turn comes. */
  readonly file: OpenFile | null;
}

export function detections(options: DetectionsOptions): Detections {
  const { parts, setReading } = options;
  let excepted = 0;
  const known = toldOnce<number>(DONE_MAX);
  const drop = (job: Job): void => {
    closeOf(job);
    if (job.message.number !== undefined) known.forget(job.message.number);
  };
  const failed = ({ number, path }: Message, error: unknown): void => {
    // The gate keeps it, and tells the next agent.
    if (number !== undefined) known.forget(number);
    const message = error instanceof Error ? error.message : String(error);
    parts.log.error({ path, message }, 'the action for a detection failed');
  };
  /** Of those, too, that wait for the disk: what the gate tells is bounded by what it keeps until it hears that it is done. */
  const inHand = (): number => queue.size() + writes.size();
  const readOn = (): void => {
    if (inHand() < READ_ON_BELOW) setReading(true);
  };
  const writes = aftermath(readOn);
  const queue = workQueue<Job>({
    atOnceMax: AT_ONCE,
    waitingMax: WAITING_MAX,
    onRoom: readOn,
    work: async (job) => {
      const { message } = job;
      try {
        if ((await actOnMessage(job, options)) === 'excepted') excepted += 1;
        // Its place goes to the next: a slow disk would let a few through at each of its writes.
        writes.add(finish(message, known, options).catch((error: unknown) => failed(message, error)));
      } catch (error) {
        failed(message, error);
      }
    },
  });
  return {
    excepted: () => excepted,
    close: async () => {
      await queue.close(drop);
      await writes.ended();
    },
    take: (message, file) => {
      const job = { message, file };
      const before = message.number === undefined ? 'new' : known.begin(message.number);
      if (before === 'done' && message.number !== undefined) options.done(message.number);
      if (before !== 'new') return closeOf(job);
      if (!queue.push(job)) drop(job);
      else if (inHand() >= WAITING_MAX / 2) setReading(false);
    },
  };
}

function closeOf({ file }: Job): void {
  file?.close();
}

/** Not while its event may still be lost: the next agent is told again then. */
async function finish({ number }: Message, known: ToldOnce<number>, options: DetectionsOptions): Promise<void> {
  if (number === undefined) return;
  await options.parts.spool.synced();
  known.done(number);
  options.done(number);
}

async function actOnMessage(job: Job, options: DetectionsOptions): Promise<'done' | 'excepted'> {
  const { parts, objects, openers, scope, deny } = options;
  const { message } = job;
  const opened = job.file ?? (await parts.host.realtime.openClue(message));
  // Told again of a file that was refused before, and has been dealt with since.
  if (opened === null) return 'done';
  const answer = readAnswer(message.answer);
  const judged = closingOnFault(opened, () => (answer === null ? null : judgeAnswer(answer, message, scope(), parts)));
  if (answer === null || judged === null) {
    opened.close();
    if (answer !== null) return 'excepted';
    // Told again, it would be none again.
    parts.log.error({ path: message.path }, "no action was carried out, because the scanner's answer cannot be read");
    return 'done';
  }
  await actOnDetected(
    {
      opened,
      clue: message,
      answer,
      ...judged,
      decidedBy: decidedBySchema.safeParse(message.decidedBy).data ?? '/realtime/directories',
      facts: {
        access: message.access,
        refused: message.refused,
        opener: closingOnFault(opened, () => toOpener(message.opener, openers)),
        attempts: Math.max(1, message.attempts),
        deny: () => deny(opened),
      },
    },
    objects,
    parts,
  );
  return 'done';
}

type Judged = Pick<Detected, 'threats' | 'ruled'>;

/** Null: an exception by content holds, or the policy that refused it is no more. */
function judgeAnswer(
  answer: ScannerAnswer,
  message: Message,
  scope: Scope | null,
  parts: RealtimeParts,
): Judged | null {
  if (answer.verdict !== 'infected') return scope === null ? null : ruleOf(answer, message, scope);
  if (scope !== null && contentException(scope.exceptions, answer) !== null) return null;
  return { threats: threatsOf(answer, parts.tables().kindOf) };
}

/** AC-12: nothing was found in it. A path that a container may have chosen decides nothing. */
function ruleOf(answer: ScannerAnswer, { path, believed }: Message, scope: Scope): Judged | null {
  const ruled = scope.ruleUnscanned(believed ? pathTextFromBytes(bytesOf(path ?? '')) : '', answer);
  return ruled === null ? null : { threats: [unscannedThreat(ruled, answer)], ruled };
}

function readAnswer(text: string): ScannerAnswer | null {
  try {
    const parsed = scannerAnswerSchema.safeParse(JSON.parse(text));
    const found = parsed.success && (parsed.data.threats.length > 0 || parsed.data.unscanned.length > 0);
    return found ? parsed.data : null;
  } catch {
    return null;
  }
}
