// SPDX-License-Identifier: Apache-2.0
// Opens that were answered before their file was scanned (RT-9b): recorded at once, scanned as soon as the engine can, acted on if infected. Owns the
// descriptors that came along until their scan has ended. What does not fit in the queue any more is found by a walk instead.
import { closeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { GateFile, GateMessage, LetThrough } from '@lazaret/contract';
import { pathTextFromBytes, type LazaretError } from '@lazaret/core';
import { pathFields } from '../scan/index.ts';
import { actOnDetected } from './detected.ts';
import { bytesOf } from './gate-text.ts';
import type { ObjectsAtWork } from './objects-at-work.ts';
import { toOpener, type OpenerFacts } from './opener.ts';
import { openClue } from './reach-file.ts';
import { scanDescriptor, type ScanOrder } from './scan-descriptor.ts';
import type { RealtimeParts } from './types.ts';
import { workQueue } from './work-queue.ts';

type Message = Extract<GateMessage, { type: 'let-through' }>;
type Scanned = NonNullable<LetThrough['scanned']>['verdict'];

interface FollowUp {
  readonly message: Message;
  readonly descriptor: number | null;
  readonly fields: Omit<Parameters<NonNullable<RealtimeParts['listener']>['letThrough']>[0], 'scanned'>;
  readonly sinceMs: number;
}

export interface LetThroughsOptions {
  readonly parts: RealtimeParts;
  readonly objects: ObjectsAtWork;
  readonly openers: OpenerFacts;
  readonly atOnceMax: number;
  readonly waitingMax?: number;
  /** By what a file is scanned now; null while nothing is compiled. */
  order(path: Buffer): ScanOrder | null;
  deny(descriptor: number): Promise<boolean>;
  /** The queue is full: what changed since then must be walked. Ms since 1970. */
  overflow(sinceMs: number): void;
}

export interface LetThroughs {
  take(message: Message, descriptor: number | null): void;
  waiting(): number;
  ended(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

const WAITING_MAX = 10_000;
export function letThroughs(options: LetThroughsOptions): LetThroughs {
  const { parts } = options;
  const ended: Record<string, number> = {};
  const close = (followUp: FollowUp): void => {
    if (followUp.descriptor !== null) closeSync(followUp.descriptor);
  };
  const queue = workQueue<FollowUp>({
    atOnceMax: options.atOnceMax,
    waitingMax: options.waitingMax ?? WAITING_MAX,
    work: async (followUp) => {
      const verdict = await followUpOne(followUp, options).catch((error: LazaretError): Scanned => {
        parts.log.warn({ path: followUp.fields.path, message: error.message }, 'a let-through file was not scanned');
        return 'failed';
      });
      ended[verdict] = (ended[verdict] ?? 0) + 1;
      const afterMs = Math.round(parts.clock.monotonicMs() - followUp.sinceMs);
      tell({ ...followUp.fields, scanned: { verdict, afterMs } }, parts);
    },
  });
  return {
    waiting: () => queue.size(),
    ended: () => ended,
    close: () => queue.close(close),
    take: (message, descriptor) => {
      const followUp = { message, descriptor, fields: fieldsOf(message, options), sinceMs: parts.clock.monotonicMs() };
      tell({ ...followUp.fields, scanned: null }, parts);
      if (queue.push(followUp)) return undefined;
      close(followUp);
      return options.overflow(parts.clock.nowMs());
    },
  };
}

function tell(
  event: Parameters<NonNullable<RealtimeParts['listener']>['letThrough']>[0],
  { spool, listener }: RealtimeParts,
): void {
  spool.append('realtime.let-through', event, event.scanned === null);
  listener?.letThrough(event);
}

function fieldsOf(message: Message, { openers }: LetThroughsOptions): FollowUp['fields'] {
  const { cause, answered, access, file, waitedMs } = message;
  const path = message.path === null ? null : bytesOf(message.path);
  return {
    letThrough: randomUUID(),
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

/** Closes the descriptor, whatever comes. */
async function followUpOne(followUp: FollowUp, options: LetThroughsOptions): Promise<Scanned> {
  const { message, fields } = followUp;
  const { parts, objects } = options;
  const order = options.order(message.path === null ? Buffer.from('/') : bytesOf(message.path));
  const descriptor = followUp.descriptor ?? (await openClue(message));
  if (descriptor === null) return 'gone';
  const end = order === null ? ({ kind: 'failed' } as const) : await scanOrFail(descriptor, order, parts);
  if (end.kind !== 'infected') {
    closeSync(descriptor);
    return end.kind;
  }
  await actOnDetected(
    {
      descriptor,
      clue: message,
      answer: end.answer,
      threats: end.threats,
      ...(end.ruled === undefined ? {} : { ruled: end.ruled }),
      decidedBy: order?.scope.scopeRule ?? '',
      facts: {
        access: message.access,
        refused: message.answered === 'deny',
        opener: fields.opener,
        attempts: 1,
        deny: () => options.deny(descriptor),
      },
    },
    objects,
    parts,
  );
  return end.ruled === undefined ? 'infected' : 'partly';
}

async function scanOrFail(
  descriptor: number,
  order: ScanOrder,
  parts: RealtimeParts,
): ReturnType<typeof scanDescriptor> {
  try {
    return await scanDescriptor(descriptor, order, parts);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
