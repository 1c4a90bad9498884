// SPDX-License-Identifier: Apache-2.0
// A message to a person before it is put into a language. It is stored as JSON in the outbox, so that its text is made when it is sent.
import { z } from 'zod';
import { ACTION_EVENTS, ACTIONS, THREAT_KINDS } from '@lazaret/contract';

const detected = {
  vm: z.string(),
  path: z.string(),
  threat: z.string(),
  threatKind: z.enum(THREAT_KINDS),
  event: z.enum(ACTION_EVENTS),
  action: z.enum(ACTIONS).nullable(),
};

export const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('detection'), ...detected, detectionId: z.string(), time: z.string() }),
  /** AC-11c: the repeats of an hour. `from`, `to`: ISO. */
  z.object({ kind: z.literal('summary'), ...detected, repeats: z.number().int(), from: z.string(), to: z.string() }),
  z.object({
    kind: z.literal('alarm'),
    alarm: z.string(),
    vm: z.string().nullable(),
    site: z.string().nullable(),
    vmCount: z.number().int(),
    cleared: z.boolean(),
    since: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  /** MG-6: planned, urgent with its reason, and the end. */
  z.object({
    kind: z.literal('notice'),
    notice: z.enum(['planned', 'urgent', 'ended']),
    title: z.string(),
    text: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
  }),
  z.object({ kind: z.literal('test'), by: z.string() }),
]);

export type Message = z.infer<typeof messageSchema>;
export type DetectionMessage = Extract<Message, { kind: 'detection' | 'summary' }>;
export type AlarmMessage = Extract<Message, { kind: 'alarm' }>;
export type NoticeMessage = Extract<Message, { kind: 'notice' }>;

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Where a person finds more, and who writes. */
export interface MessageFrame {
  readonly language: Language;
  readonly tenant: string;
  /** Base of the console; null where it is not set. */
  readonly consoleUrl: string | null;
  readonly tenantId: string;
}

export interface MailText {
  readonly subject: string;
  readonly body: string;
}
