// SPDX-License-Identifier: Apache-2.0
// The outbox: messages wait here, as rows of the transaction that caused them, until a mail server or a webhook has accepted them. It owns the tables `outbox`
// and `notification_windows`. Core decides about them (notify/).
import { sql } from 'kysely';
import { decideNotify, decideRetry, decideWindowEnd, SUMMARY_AFTER_MS, type NotifyWindow } from '@lazaret/core';
import { notify, type TenantTransaction } from '../database/index.ts';
import { messageSchema, type DetectionMessage, type Language, type Message } from './message.ts';

/** Carries the tenant's id: its outbox has something new. */
export const OUTBOX_CHANNEL = 'lazaret_outbox';

/** What a contact may want to be told of. */
export type Topic = 'detections' | 'alarms' | 'notices';

/** Who of a tenant is told. Addresses and webhook are the tenant's settings. */
export interface Recipients {
  readonly mails: readonly { readonly address: string; readonly language: Language }[];
  readonly webhook: { readonly url: string } | null;
}

export type ReadRecipients = (tx: TenantTransaction, topic: Topic) => Promise<Recipients>;

export interface OutboxContext {
  readonly tx: TenantTransaction;
  readonly tenantId: string;
  readonly nowMs: number;
  readonly newId: () => string;
  readonly readRecipients: ReadRecipients;
}

const TOPICS: Readonly<Record<Message['kind'], Topic>> = {
  detection: 'detections',
  summary: 'detections',
  test: 'detections',
  alarm: 'alarms',
  notice: 'notices',
};

/** Puts a message into the outbox for everyone who is to be told, in the caller's transaction. */
export async function enqueue(
  context: OutboxContext,
  message: Message,
  detectionId: string | null = null,
): Promise<void> {
  const { tx, tenantId, nowMs, newId } = context;
  const { mails, webhook } = await context.readRecipients(tx, TOPICS[message.kind]);
  const now = new Date(nowMs);
  const row = {
    tenant_id: tenantId,
    message: JSON.stringify(message),
    detection_id: detectionId,
    created_at: now,
    next_at: now,
    settled_at: null,
    last_error: null,
  };
  const to = (channel: 'mail' | 'webhook', recipient: string, language: Language) =>
    Object.assign({ id: newId(), channel, recipient, language }, row);
  const rows = mails.map(({ address, language }) => to('mail', address, language));
  if (webhook !== null) rows.push(to('webhook', webhook.url, 'en'));
  if (rows.length === 0) return;
  await tx.insertInto('outbox').values(rows).execute();
  await notify(tx, OUTBOX_CHANNEL, tenantId);
}

/** A detection that a person is to be told of. `fileKey`: the file's identity, not its path. */
export interface ToTell {
  readonly vmId: string;
  readonly fileKey: string;
  readonly message: Extract<Message, { readonly kind: 'detection' }>;
}

/** AC-11c: the first at once, repeats into the hour's summary. */
export async function tellDetection(context: OutboxContext, { vmId, fileKey, message }: ToTell): Promise<void> {
  const { tx, tenantId, nowMs } = context;
  const key = { tenant_id: tenantId, vm_id: vmId, file_key: fileKey, threat: message.threat };
  // Two managers may meet the same file at once: the row's lock lets one decide after the other.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`notify ${tenantId} ${vmId} ${fileKey} ${message.threat}`}, 0))`.execute(
    tx,
  );
  const found = await tx
    .selectFrom('notification_windows')
    .select(['opened_at', 'repeats', 'last_repeat_at'])
    .where((where) => where.and(key))
    .executeTakeFirst();
  const { kind, window } = decideNotify(found === undefined ? null : windowOf(found), nowMs);
  const values = { ...columnsOf(window), message: JSON.stringify(message) };
  await tx
    .insertInto('notification_windows')
    .values({ ...key, ...values })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'vm_id', 'file_key', 'threat']).doUpdateSet(values))
    .execute();
  if (kind === 'tell') await enqueue(context, message, message.detectionId);
}

const WINDOWS_AT_ONCE = 100;

/** Ends the hours that are over: each with its summary, or in silence. Answers whether there may be more. */
export async function endWindows(context: OutboxContext): Promise<boolean> {
  const { tx, nowMs } = context;
  const over = await tx
    .selectFrom('notification_windows')
    .selectAll()
    .where('opened_at', '<=', new Date(nowMs - SUMMARY_AFTER_MS))
    .orderBy('opened_at')
    .limit(WINDOWS_AT_ONCE)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const row of over) await endWindow(context, row);
  return over.length === WINDOWS_AT_ONCE;
}

interface WindowRow {
  readonly tenant_id: string;
  readonly vm_id: string;
  readonly file_key: string;
  readonly threat: string;
  readonly opened_at: Date;
  readonly repeats: number;
  readonly last_repeat_at: Date | null;
  readonly message: unknown;
}

async function endWindow(context: OutboxContext, row: WindowRow): Promise<void> {
  const { tx, nowMs } = context;
  const key = { tenant_id: row.tenant_id, vm_id: row.vm_id, file_key: row.file_key, threat: row.threat };
  const end = decideWindowEnd(windowOf(row), nowMs);
  if (end.kind === 'wait') return;
  if (end.kind === 'close') {
    await tx
      .deleteFrom('notification_windows')
      .where((where) => where.and(key))
      .execute();
    return;
  }
  await tx
    .updateTable('notification_windows')
    .set(columnsOf(end.window))
    .where((where) => where.and(key))
    .execute();
  const { vm, path, threat, threatKind, event, action } = messageSchema.parse(row.message) as DetectionMessage;
  const period = { from: row.opened_at.toISOString(), to: (row.last_repeat_at ?? new Date(nowMs)).toISOString() };
  await enqueue(context, {
    kind: 'summary',
    vm,
    path,
    threat,
    threatKind,
    event,
    action,
    repeats: end.repeats,
    ...period,
  });
}

function windowOf(row: Pick<WindowRow, 'opened_at' | 'repeats' | 'last_repeat_at'>): NotifyWindow {
  return {
    openedMs: row.opened_at.getTime(),
    repeats: row.repeats,
    lastRepeatMs: row.last_repeat_at?.getTime() ?? null,
  };
}

function columnsOf({ openedMs, repeats, lastRepeatMs }: NotifyWindow) {
  return {
    opened_at: new Date(openedMs),
    repeats,
    last_repeat_at: lastRepeatMs === null ? null : new Date(lastRepeatMs),
  };
}

/** A delivery that one manager has taken on. */
export interface Claimed {
  readonly id: string;
  readonly channel: 'mail' | 'webhook';
  readonly recipient: string;
  readonly language: Language;
  readonly message: Message;
  readonly attempts: number;
  readonly createdMs: number;
}

/** For so long nobody else tries a delivery that was taken on: longer than any try may last. */
const CLAIM_MS = 300_000;

/** Takes on the next delivery that is due; null when there is none. */
export async function claimDue(tx: TenantTransaction, nowMs: number): Promise<Claimed | null> {
  const row = await tx
    .selectFrom('outbox')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('next_at', '<=', new Date(nowMs))
    .orderBy('next_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (row === undefined) return null;
  const attempts = row.attempts + 1;
  await tx
    .updateTable('outbox')
    .set({ attempts, next_at: new Date(nowMs + CLAIM_MS) })
    .where('tenant_id', '=', row.tenant_id)
    .where('id', '=', row.id)
    .execute();
  return {
    id: row.id,
    channel: row.channel,
    recipient: row.recipient,
    language: row.language === 'ja' ? 'ja' : 'en',
    message: messageSchema.parse(row.message),
    attempts,
    createdMs: row.created_at.getTime(),
  };
}

export async function markSent(tx: TenantTransaction, id: string, nowMs: number): Promise<void> {
  await tx
    .updateTable('outbox')
    .set({ state: 'sent', settled_at: new Date(nowMs), last_error: null })
    .where('id', '=', id)
    .execute();
}

/** Tries again later, or gives up, as core says. */
export async function markFailed(
  tx: TenantTransaction,
  claimed: Claimed,
  { why, nowMs, random }: { readonly why: string; readonly nowMs: number; readonly random: number },
): Promise<void> {
  const retry = decideRetry({ attempts: claimed.attempts, createdMs: claimed.createdMs, nowMs }, random);
  const change =
    retry.kind === 'again'
      ? { next_at: new Date(retry.atMs) }
      : { state: 'given-up' as const, settled_at: new Date(nowMs) };
  await tx
    .updateTable('outbox')
    .set({ ...change, last_error: why.slice(0, 1_000) })
    .where('id', '=', claimed.id)
    .execute();
}

/** Deliveries that were settled, one way or the other, before then. */
export async function forgetSettled(tx: TenantTransaction, before: Date): Promise<void> {
  await tx.deleteFrom('outbox').where('state', '!=', 'waiting').where('settled_at', '<', before).execute();
}
