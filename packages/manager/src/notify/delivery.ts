// SPDX-License-Identifier: Apache-2.0
// Takes due messages from the outboxes of all tenants to mail servers and webhooks. Any number of managers may do this side by side: a delivery is claimed in
// the database, sent outside any transaction, and then settled. Delivery is at least once: a crash between sending and settling sends again, with the same
// message id.
import type { Clock } from '@lazaret/platform';
import type { Logger } from 'pino';
import type { Database, TenantTransaction } from '../database/index.ts';
import { renderMail } from './render-mail.ts';
import {
  claimDue,
  endWindows,
  markFailed,
  markSent,
  OUTBOX_CHANNEL,
  type Claimed,
  type ReadRecipients,
} from './outbox.ts';
import { sendMail, type MailServer } from './send-mail.ts';
import { sendWebhook } from './send-webhook.ts';

export interface DeliveryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
  /** In [0, 1). */
  readonly random: () => number;
  /** The installation's mail server; null while none is set: mails wait. */
  readonly mailServer: () => Promise<MailServer | null>;
  readonly readRecipients: ReadRecipients;
  /** The secret that signs a tenant's webhook; null where it was taken away, or put elsewhere, since. */
  readonly readWebhookSecret: (tx: TenantTransaction, url: string) => Promise<string | null>;
  readonly consoleUrl: () => Promise<string | null>;
  readonly allowPrivateWebhooks: boolean;
}

/** Everything is looked through so often, whatever was heard: retries come due by the clock alone. */
const LOOK_AGAIN_MS = 15_000;
/** Of one tenant, before the others have their turn. */
const DELIVERIES_AT_ONCE = 50;
/** The same by time; the delivery that is under way ends by itself. */
const TURN_MS = 10_000;
const TENANTS_AT_ONCE = 8;

/** Delivers until `signal` aborts. */
export async function keepDelivering(parts: DeliveryParts, signal: AbortSignal): Promise<void> {
  let wake = (): void => {};
  let isNews = false;
  const unlisten = await parts.database.listen(OUTBOX_CHANNEL, () => {
    isNews = true;
    wake();
  });
  while (!signal.aborted) {
    isNews = false;
    await deliverAll(parts, signal).catch((error: unknown) =>
      parts.log.warn({ err: error }, 'notifications could not be delivered now; the manager tries again later'),
    );
    if (isNews) continue;
    const rest = new AbortController();
    wake = () => rest.abort();
    await parts.clock.sleep(LOOK_AGAIN_MS, AbortSignal.any([signal, rest.signal]));
  }
  unlisten();
}

/** One look at every tenant, several side by side: who has a receiver that does not answer holds up nobody else. */
export async function deliverAll(parts: DeliveryParts, signal: AbortSignal): Promise<void> {
  const tenants = await parts.database.asIdentity((tx) => tx.selectFrom('tenants').select(['id', 'name']).execute());
  const serveNext = async (): Promise<void> => {
    for (let tenant = tenants.shift(); tenant !== undefined && !signal.aborted; tenant = tenants.shift()) {
      const { id } = tenant;
      await serve(parts, tenant, signal).catch((error: unknown) =>
        parts.log.warn(
          { err: error, tenantId: id },
          'notifications could not be delivered now; the manager tries again later',
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: TENANTS_AT_ONCE }, serveNext));
}

/** The turn of one tenant: until nothing is due, or it has taken long enough. */
async function serve(parts: DeliveryParts, tenant: Tenant, signal: AbortSignal): Promise<void> {
  await endAllWindows(parts, tenant.id);
  const endMs = parts.clock.monotonicMs() + TURN_MS;
  for (let count = 0; count < DELIVERIES_AT_ONCE && !signal.aborted; count++)
    if (!(await deliverNext(parts, tenant)) || parts.clock.monotonicMs() >= endMs) return;
}

async function endAllWindows(parts: DeliveryParts, tenantId: string): Promise<void> {
  const { database, clock, newId, readRecipients } = parts;
  const end = (): Promise<boolean> =>
    database.asTenant(tenantId, (tx) => endWindows({ tx, tenantId, nowMs: clock.nowMs(), newId, readRecipients }));
  while (await end());
}

interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** False when nothing was due. */
async function deliverNext(parts: DeliveryParts, tenant: Tenant): Promise<boolean> {
  const { database, clock, log, random } = parts;
  const claimed = await database.asTenant(tenant.id, (tx) => claimDue(tx, clock.nowMs()));
  if (claimed === null) return false;
  try {
    await send(parts, tenant, claimed);
    await database.asTenant(tenant.id, (tx) => markSent(tx, claimed.id, clock.nowMs()));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn(
      { tenantId: tenant.id, delivery: claimed.id, channel: claimed.channel, why },
      'a notification was not delivered',
    );
    const now = { why, nowMs: clock.nowMs(), random: random() };
    await database.asTenant(tenant.id, (tx) => markFailed(tx, claimed, now));
  }
  return true;
}

async function send(parts: DeliveryParts, tenant: Tenant, claimed: Claimed): Promise<void> {
  switch (claimed.channel) {
    case 'mail':
      return await sendAsMail(parts, tenant, claimed);
    case 'webhook':
      return await sendToWebhook(parts, tenant, claimed);
  }
}

async function sendAsMail(parts: DeliveryParts, tenant: Tenant, claimed: Claimed): Promise<void> {
  const server = await parts.mailServer();
  if (server === null) throw new Error('no mail server is set');
  const frame = {
    language: claimed.language,
    tenant: tenant.name,
    tenantId: tenant.id,
    consoleUrl: await parts.consoleUrl(),
  };
  const text = renderMail(claimed.message, frame);
  await sendMail(server, { ...text, to: claimed.recipient, messageId: `<${claimed.id}@lazaret>` });
}

async function sendToWebhook(parts: DeliveryParts, tenant: Tenant, claimed: Claimed): Promise<void> {
  const secret = await parts.database.asTenant(tenant.id, (tx) => parts.readWebhookSecret(tx, claimed.recipient));
  if (secret === null) throw new Error('the webhook was removed');
  const body = JSON.stringify({ id: claimed.id, tenantId: tenant.id, message: claimed.message });
  const options = { allowPrivate: parts.allowPrivateWebhooks, nowMs: parts.clock.nowMs() };
  await sendWebhook({ url: claimed.recipient, secret }, { id: claimed.id, body }, options);
}
