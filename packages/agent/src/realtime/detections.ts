// SPDX-License-Identifier: Apache-2.0
// What the gate refused, or let pass by the policy: each becomes an action on the very descriptor and an event with its process. When more comes than can
// be done, the link is not read on: the gate answers opens without us. Owns the descriptors from the message on.
import { closeSync } from 'node:fs';
import { scannerAnswerSchema, type GateMessage, type ScannerAnswer } from '@lazaret/contract';
import { contentException, type Scope } from '../scan/index.ts';
import { actOnDetected } from './detected.ts';
import type { ObjectsAtWork } from './objects-at-work.ts';
import { toOpener, type OpenerFacts } from './opener.ts';
import { threatsOf } from './scan-descriptor.ts';
import type { RealtimeParts } from './types.ts';
import { workQueue } from './work-queue.ts';

type Message = Extract<GateMessage, { type: 'detection' }>;

export interface DetectionsOptions {
  readonly parts: RealtimeParts;
  readonly objects: ObjectsAtWork;
  readonly openers: OpenerFacts;
  scope(): Scope | null;
  deny(id: number): Promise<boolean>;
  release(id: number): void;
  /** Whether the link may be read on. */
  setReading(reading: boolean): void;
}

export interface Detections {
  take(message: Message, descriptor: number | null): void;
  excepted(): number;
  close(): Promise<void>;
}

const AT_ONCE = 4;
const WAITING_MAX = 2_048;
const READ_ON_BELOW = 512;

interface Job {
  readonly message: Message;
  readonly descriptor: number;
}

export function detections(options: DetectionsOptions): Detections {
  const { parts, release, setReading } = options;
  let excepted = 0;
  const queue = workQueue<Job>({
    atOnceMax: AT_ONCE,
    waitingMax: WAITING_MAX,
    onRoom: (size) => size < READ_ON_BELOW && setReading(true),
    work: async (job) => {
      try {
        if ((await actOnMessage(job, options)) === 'excepted') excepted += 1;
      } catch (error) {
        const { path } = job.message;
        parts.log.error({ path, message: error instanceof Error ? error.message : String(error) }, 'no action was done');
      } finally {
        release(job.message.id);
      }
    },
  });
  return {
    excepted: () => excepted,
    close: () => queue.close(({ descriptor }) => closeSync(descriptor)),
    take: (message, descriptor) => {
      if (descriptor === null) {
        parts.log.error({ path: message.path }, 'a detection came without its file');
        return release(message.id);
      }
      if (!queue.push({ message, descriptor })) closeSync(descriptor);
      else if (queue.size() >= WAITING_MAX / 2) setReading(false);
    },
  };
}

async function actOnMessage({ message, descriptor }: Job, options: DetectionsOptions): Promise<'done' | 'excepted'> {
  const { parts, objects, openers, scope, deny } = options;
  const answer = readAnswer(message.answer);
  const { exceptions } = scope() ?? {};
  if (answer === null || (exceptions !== undefined && contentException(exceptions, answer) !== null)) {
    closeSync(descriptor);
    if (answer === null) throw new Error("the scanner's answer is none");
    return 'excepted';
  }
  await actOnDetected(
    {
      descriptor,
      clue: message,
      answer,
      threats: threatsOf(answer, parts.tables().kindOf),
      decidedBy: message.decidedBy,
      facts: {
        access: message.access,
        refused: message.refused,
        opener: toOpener(message.opener, openers),
        times: message.times,
        deny: () => deny(message.id),
      },
    },
    objects,
    parts,
  );
  return 'done';
}

function readAnswer(text: string): ScannerAnswer | null {
  try {
    const parsed = scannerAnswerSchema.safeParse(JSON.parse(text));
    return parsed.success && parsed.data.threats.length > 0 ? parsed.data : null;
  } catch {
    return null;
  }
}
