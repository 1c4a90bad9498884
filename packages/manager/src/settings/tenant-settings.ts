// SPDX-License-Identifier: Apache-2.0
// What a tenant sets: who is notified about what, and its webhook. The webhook's secret is sealed; deliveries ask for it by name.
import { type Contact, CONTACT_TOPICS, contactsSchema, type TenantRight, type Webhook } from '@lazaret/contract';
import { z } from 'zod';
import { randomBytes } from 'node:crypto';
import { type Actor, audit } from '../audit/index.ts';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import type { Recipients } from '../notify/index.ts';
import type { Sealer } from '../sealing/index.ts';

export type ContactTopic = (typeof CONTACT_TOPICS)[number];

const storedWebhookSchema = z.object({
  url: z.string(),
  topics: z.array(z.enum(CONTACT_TOPICS)),
  sealedSecret: z.string(),
});
type StoredWebhook = z.infer<typeof storedWebhookSchema>;

const purposeOf = (tenantId: string): string => `webhook:${tenantId}`;

/** What somebody must be allowed to see who has it sent to an address. */
export function rightsOfTopics(topics: readonly ContactTopic[]): readonly TenantRight[] {
  return [...new Set(topics)].map((topic) => `${topic}.read` as const);
}

/** Who is told of a topic. */
export async function readRecipients(tx: TenantTransaction, topic: ContactTopic): Promise<Recipients> {
  const contacts = await readContacts(tx);
  const webhook = await readStoredWebhook(tx);
  return {
    mails: contacts
      .filter(({ topics }) => topics.includes(topic))
      .map(({ email, language }) => ({ address: email, language })),
    webhook: webhook?.topics.includes(topic) === true ? { url: webhook.url } : null,
  };
}

/** The secret that signs deliveries to this tenant's webhook; null where there is none, or where it is at another address now. */
export async function readWebhookSecret(tx: TenantTransaction, sealer: Sealer, url: string): Promise<string | null> {
  const row = await tx.selectFrom('settings').selectAll().where('name', '=', 'webhook').executeTakeFirst();
  const stored = storedWebhookSchema.safeParse(row?.value);
  if (row === undefined || !stored.success || stored.data.url !== url) return null;
  return sealer.open(Buffer.from(stored.data.sealedSecret, 'base64'), purposeOf(row.tenant_id)).toString();
}

export async function readContacts(tx: TenantTransaction): Promise<Contact[]> {
  const parsed = contactsSchema.safeParse(await readValue(tx, 'contacts'));
  return parsed.success ? parsed.data.contacts : [];
}

export async function writeContacts(
  tx: TenantTransaction,
  tenantId: string,
  actor: Actor,
  contacts: readonly Contact[],
): Promise<void> {
  const before = { contacts: await readContacts(tx) };
  await writeSetting(tx, tenantId, 'contacts', { contacts });
  await audit(tx, { actor, action: 'settings.contacts', subject: 'settings:contacts', before, after: { contacts } });
  await notifyLive(tx, tenantId, 'settings');
}

export async function readWebhook(tx: TenantTransaction): Promise<Webhook> {
  return toView(await readStoredWebhook(tx));
}

export interface WebhookChange {
  readonly url: string | null;
  readonly topics: readonly ContactTopic[];
  readonly newSecret: boolean;
}

/** Another address gets another secret: the old one was known to the old receiver. `secret` is shown this once. */
export async function writeWebhook(
  tx: TenantTransaction,
  tenantId: string,
  actor: Actor,
  sealer: Sealer,
  { url, topics, newSecret }: WebhookChange,
): Promise<Webhook & { readonly secret: string | null }> {
  const before = await readStoredWebhook(tx);
  let stored: StoredWebhook | null = null;
  let secret: string | null = null;
  if (url !== null) {
    if (before === null || before.url !== url || newSecret) secret = randomBytes(32).toString('base64url');
    const sealedSecret =
      secret === null
        ? (before?.sealedSecret ?? '')
        : sealer.seal(Buffer.from(secret), purposeOf(tenantId)).toString('base64');
    stored = { url, topics: [...topics], sealedSecret };
    await writeSetting(tx, tenantId, 'webhook', stored);
  } else await tx.deleteFrom('settings').where('tenant_id', '=', tenantId).where('name', '=', 'webhook').execute();
  const after = toView(stored);
  await audit(tx, { actor, action: 'settings.webhook', subject: 'settings:webhook', before: toView(before), after });
  await notifyLive(tx, tenantId, 'settings');
  return { ...after, secret };
}

function toView(stored: StoredWebhook | null): Webhook {
  return { url: stored?.url ?? null, topics: stored?.topics ?? [], secretSet: stored !== null };
}

async function readStoredWebhook(tx: TenantTransaction): Promise<StoredWebhook | null> {
  const parsed = storedWebhookSchema.safeParse(await readValue(tx, 'webhook'));
  return parsed.success ? parsed.data : null;
}

async function readValue(tx: TenantTransaction, name: string): Promise<unknown> {
  const row = await tx.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

/** A value by its name; what it means is its feature's. */
export async function writeSetting(
  tx: TenantTransaction,
  tenantId: string,
  name: string,
  value: object,
): Promise<void> {
  const text = JSON.stringify(value);
  await tx
    .insertInto('settings')
    .values({ tenant_id: tenantId, name, value: text })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doUpdateSet({ value: text }))
    .execute();
}
