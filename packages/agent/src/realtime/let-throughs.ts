// SPDX-License-Identifier: Apache-2.0
// Opens that were answered before their file was scanned (RT-9b): recorded at once, scanned as soon as the engine can, acted on if infected. Owns the
// descriptors that came along until their scan has ended. What does not fit in the queue any more is found by a walk instead.
import { closeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { GateMessage, LetThrough } from '@lazaret/contract';
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
  /** The gate may forget it. */
  scanned(id: number): void;
  /** The queue is full: what changed since then must be walked. Ms since 1970. */
  overflow(sinceMs: number): void;
}

export interface LetThroughs {
  /** `gate`: the pid of who told it. A message that came before is dropped. */
  take(message: Message, descriptor: number | null, gate: number): void;
  waiting(): number;
  ended(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

const WAITING_MAX = 10_000;
/** A gate tells again what it was not told to forget; so many ids are remembered. */
const KNOWN_MAX = 50_000;

export function letThroughs(options: LetThroughsOptions): LetThroughs {
  const { parts, scanned } = options;
  const ended: Record<string, number> = {};
  const known = new Set<string>();
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
      scanned(followUp.message.id);
    },
  });
  return {
    waiting: () => queue.size(),
    ended: () => ended,
    close: () => queue.close(close),
    take: (message, descriptor, gate) => {
      const name = `${gate} ${message.id}`;
      if (known.has(name)) return descriptor === null ? undefined : closeSync(descriptor);
      remember(known, name);
      const followUp = { message, descriptor, fields: fieldsOf(message, options), sinceMs: parts.clock.monotonicMs() };
      tell({ ...followUp.fields, scanned: null }, parts);
      if (queue.push(followUp)) return undefined;
      close(followUp);
      scanned(message.id);
      return options.overflow(parts.clock.nowMs());
    },
  };
}

function remember(known: Set<string>, name: string): void {
  known.add(name);
  const [oldest] = known;
  if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
}

function tell(
  event: Parameters<NonNullable<RealtimeParts['listener']>['letThrough']>[0],
  { spool, listener }: RealtimeParts,
): void {
  spool.append('realtime.let-through', event, event.scanned === null);
  listener?.letThrough(event);
}

function fieldsOf(message: Message, { openers }: LetThroughsOptions): FollowUp['fields'] {
  const { cause, answered, file, waitedMs } = message;
  const path = message.path === null ? null : bytesOf(message.path);
  return {
    letThrough: randomUUID(),
    cause,
    answered,
    ...(path === null ? { path: null } : pathFields(path, pathTextFromBytes(path))),
    file: {
      fileSystem: null,
      handle: file.handleType == null || file.handle == null ? null : `${file.handleType}:${file.handle}`,
      device: file.device,
      inode: file.inode,
    },
    opener: toOpener(message.opener, openers),
    waitedMs,
  };
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
      decidedBy: order?.scope.scopeRule ?? '',
      facts: {
        access: 'open',
        refused: message.answered === 'deny',
        opener: fields.opener,
        times: 1,
        // The gate holds nothing of it any more: the next open is refused by its content.
        deny: () => Promise.resolve(true),
      },
    },
    objects,
    parts,
  );
  return 'infected';
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
