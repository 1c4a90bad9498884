// SPDX-License-Identifier: Apache-2.0
// MG-6d: notifies the tenants that a notice is for, by their outbox and their open pages. The job may run again, after a crash or twice; a row for each tenant
// and event records that it has been notified.
import { LANGUAGES, enqueue, type Message, type Recipients } from '../notify/index.ts';
import { notifyLive, type JobQueue, type TenantTransaction } from '../database/index.ts';
import type { ManagerParts } from '../server/index.ts';
import { readRecipients } from '../settings/index.ts';

export const NOTICE_QUEUE: JobQueue = {
  name: 'notices',
  retryLimit: 20,
  retryDelaySeconds: 5,
  retryDelayMaxSeconds: 600,
  expireInSeconds: 900,
};

export interface NoticeJob {
  readonly noticeId: string;
  readonly event: 'planned' | 'urgent' | 'ended';
}

export async function tellNotice(parts: ManagerParts, job: NoticeJob): Promise<void> {
  const tenants = await parts.database.asIdentity((tx) => tx.selectFrom('tenants').select('id').execute());
  for (const { id } of tenants) await parts.database.asTenant(id, (tx) => tellTenant(parts, tx, id, job));
}

async function tellTenant(
  { clock, newId }: ManagerParts,
  tx: TenantTransaction,
  tenantId: string,
  { noticeId, event }: NoticeJob,
): Promise<void> {
  const nowMs = clock.nowMs();
  // Row-level security decides whether it is for this tenant.
  const notice = await tx.selectFrom('notices').selectAll().where('id', '=', noticeId).executeTakeFirst();
  if (notice === undefined) return;
  const told = await tx
    .insertInto('notice_deliveries')
    .values({ tenant_id: tenantId, notice_id: noticeId, event, at: new Date(nowMs) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (told.numInsertedOrUpdatedRows !== 1n) return;
  const all = await readRecipients(tx, 'notices');
  for (const language of LANGUAGES) {
    const text = event === 'ended' ? (notice.end_text ?? notice.text)[language] : notice.text[language];
    const message: Message = {
      kind: 'notice',
      notice: event,
      title: notice.title[language],
      text: notice.reason === null || event !== 'urgent' ? text : `${text}\n\n${notice.reason}`,
      from: notice.starts_at.toISOString(),
      to: (notice.ended_at ?? notice.ends_at)?.toISOString() ?? null,
    };
    const recipients = inLanguage(all, language);
    await enqueue({ tx, tenantId, nowMs, newId, readRecipients: () => Promise.resolve(recipients) }, message);
  }
  await notifyLive(tx, tenantId, 'notices', noticeId);
}

/** A webhook is a program: it gets the English text, once. */
function inLanguage({ mails, webhook }: Recipients, language: 'en' | 'ja'): Recipients {
  return { mails: mails.filter((one) => one.language === language), webhook: language === 'en' ? webhook : null };
}
