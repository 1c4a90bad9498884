// SPDX-License-Identifier: Apache-2.0
// REST: settings of the provider and of a tenant, notices, terms, destinations (MG-6, MG-7, MG-9, AC-11).
import { z } from 'zod';
import { emailSchema, languageSchema, nameSchema } from './accounts/auth.ts';
import { pageSchema, timeSchema, uuidSchema } from './common.ts';

const hostSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9._:[\]-]+$/);
export const httpUrlSchema = z.url({ protocol: /^https?$/ }).max(2_000);

export const supportContactSchema = z
  .strictObject({
    name: nameSchema,
    email: emailSchema.nullable(),
    phone: z.string().trim().max(100).nullable(),
    url: httpUrlSchema.nullable(),
    hours: z.string().trim().max(500).nullable(),
  })
  .meta({ id: 'SupportContact' });
export type SupportContact = z.infer<typeof supportContactSchema>;

/** A year, and the month that runs. */
const RETENTION_MONTHS_DEFAULT = 13;

export const providerSettingsSchema = z
  .strictObject({
    startWindow: z
      .enum(['refused', 'lifted'])
      .meta({ description: 'SC-5: whether a scan may be set to start in 00:01–00:59.' }),
    support: supportContactSchema.nullable(),
    agentsAddress: hostSchema
      .nullable()
      .meta({ description: 'Name or address under which agents reach this manager.' }),
    consoleUrl: httpUrlSchema.nullable().meta({ description: 'Where mails point to.' }),
    retentionMonths: z
      .number()
      .int()
      .min(1)
      .max(120)
      .default(RETENTION_MONTHS_DEFAULT)
      .meta({ description: 'How long events and detections are kept, by whole months.' }),
  })
  .meta({ id: 'ProviderSettings' });
export type ProviderSettings = z.infer<typeof providerSettingsSchema>;

const smtpShape = {
  host: hostSchema,
  port: z.number().int().min(1).max(65_535),
  security: z.enum(['starttls', 'tls', 'none']).meta({ description: '`none` is for a server on this machine.' }),
  user: z.string().max(254).nullable(),
  from: emailSchema,
};
/** The password is never shown; absent in a change: it stays as it was. */
export const smtpSettingsSchema = z.object({ ...smtpShape, passwordSet: z.boolean() }).meta({ id: 'SmtpSettings' });
export const smtpChangeSchema = z.strictObject({ ...smtpShape, password: z.string().max(1_000).nullable().optional() });
export const smtpViewSchema = z.object({ smtp: smtpSettingsSchema.nullable() });
export type SmtpSettings = z.infer<typeof smtpSettingsSchema>;

export const CONTACTS_MAX = 50;
/** Who is told, and of what (AC-11, MG-4, MG-6). */
export const CONTACT_TOPICS = ['detections', 'alarms', 'notices'] as const;
export const contactSchema = z
  .strictObject({ email: emailSchema, language: languageSchema, topics: z.array(z.enum(CONTACT_TOPICS)).max(3) })
  .meta({ id: 'Contact' });
export type Contact = z.infer<typeof contactSchema>;
export const contactsSchema = z
  .strictObject({ contacts: z.array(contactSchema).max(CONTACTS_MAX) })
  .meta({ id: 'Contacts' });

export const webhookSchema = z
  .object({ url: httpUrlSchema.nullable(), secretSet: z.boolean(), topics: z.array(z.enum(CONTACT_TOPICS)) })
  .meta({ id: 'Webhook' });
/** `secret` signs each delivery; absent: it stays; `generate`: a new one, shown once in the answer. */
export const webhookChangeSchema = z.strictObject({
  url: httpUrlSchema.nullable(),
  topics: z
    .array(z.enum(CONTACT_TOPICS))
    .max(3)
    .default([...CONTACT_TOPICS]),
  newSecret: z.boolean().default(false),
});
export const webhookChangedSchema = webhookSchema.extend({ secret: z.string().nullable() });
export type Webhook = z.infer<typeof webhookSchema>;

/** MG-7: everything that anything is sent to, who set it, and what is sent there. */
export const destinationSchema = z
  .object({
    kind: z.enum(['smtp', 'contact', 'webhook', 'console', 'agents', 'none']),
    address: z.string(),
    setBy: z.enum(['provider', 'tenant']),
    sent: z.array(z.string()).meta({ description: 'Words of what is sent: keys of the console’s texts.' }),
  })
  .meta({ id: 'Destination' });
export const destinationsSchema = z.object({ destinations: z.array(destinationSchema) });
export type Destination = z.infer<typeof destinationSchema>;

export const NOTICE_KINDS = ['planned', 'urgent', 'ended'] as const;
const textsSchema = z.strictObject({
  en: z.string().trim().min(1).max(5_000),
  ja: z.string().trim().min(1).max(5_000),
});
export const noticeSchema = z
  .object({
    id: uuidSchema,
    kind: z.enum(NOTICE_KINDS),
    title: textsSchema,
    text: textsSchema,
    reason: z.string().nullable(),
    startsAt: timeSchema,
    endsAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
    createdAt: timeSchema,
    /** Null: for all tenants. */
    tenantIds: z.array(uuidSchema).nullable(),
  })
  .meta({ id: 'Notice' });
export type Notice = z.infer<typeof noticeSchema>;
export const noticePageSchema = pageSchema(noticeSchema);
/** MG-6a planned: in advance. MG-6b urgent: may start at once, with its reason. */
export const noticeRequestSchema = z.strictObject({
  kind: z.enum(['planned', 'urgent']),
  title: textsSchema,
  text: textsSchema,
  reason: z.string().trim().min(1).max(2_000).nullable().default(null),
  startsAt: timeSchema,
  endsAt: timeSchema.nullable().default(null),
  tenantIds: z.array(uuidSchema).min(1).max(1_000).nullable().default(null),
});
export const noticeEndSchema = z.strictObject({ text: textsSchema });

export const termsSchema = z
  .object({
    version: z.number().int().min(1),
    title: textsSchema,
    text: z.object({ en: z.string(), ja: z.string() }),
    publishedAt: timeSchema,
  })
  .meta({ id: 'Terms' });
export type Terms = z.infer<typeof termsSchema>;
export const termsPageSchema = pageSchema(termsSchema);
const longTexts = z.strictObject({
  en: z.string().trim().min(1).max(100_000),
  ja: z.string().trim().min(1).max(100_000),
});
export const termsRequestSchema = z.strictObject({ title: textsSchema, text: longTexts });
export const tenantTermsSchema = z
  .object({
    current: termsSchema.nullable(),
    accepted: z.array(z.object({ version: z.number().int(), by: z.string(), at: timeSchema })),
    /** Whether the current version still waits for an admin. */
    pending: z.boolean(),
  })
  .meta({ id: 'TenantTerms' });
export const termsAcceptSchema = z.strictObject({ version: z.number().int().min(1).max(1_000_000) });
