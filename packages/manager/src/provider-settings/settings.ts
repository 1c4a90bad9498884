// SPDX-License-Identifier: Apache-2.0
// The provider's settings for everybody: SC-5's window, support contact, addresses, mail server. The mail server's password is sealed.
import { type ProviderSettings, providerSettingsSchema, type SmtpSettings } from '@lazaret/contract';
import { z } from 'zod';
import { type Actor, audit } from '../audit/index.ts';
import type { Database, IdentityTransaction } from '../database/index.ts';
import { readInstallationValue, removeInstallationValue, writeInstallationValue } from '../installation/index.ts';
import type { ManagerParts } from '../server/index.ts';

const SETTINGS = 'provider-settings';
const SMTP = 'smtp';
const SMTP_PURPOSE = 'smtp-password';

const NOTHING_SET: ProviderSettings = {
  retentionMonths: 13,
  startWindow: 'refused',
  support: null,
  agentsAddress: null,
  consoleUrl: null,
};

export async function readProviderSettings(database: Database): Promise<ProviderSettings> {
  return database.asIdentity(async (tx) => providerSettingsOf(await readInstallationValue(tx, SETTINGS)));
}

function providerSettingsOf(value: object | null): ProviderSettings {
  const parsed = providerSettingsSchema.safeParse({ ...NOTHING_SET, ...value });
  return parsed.success ? parsed.data : NOTHING_SET;
}

export async function writeProviderSettings(
  { database }: ManagerParts,
  actor: Actor,
  settings: ProviderSettings,
): Promise<ProviderSettings> {
  return database.asIdentity(async (tx) => {
    const before = providerSettingsOf(await readInstallationValue(tx, SETTINGS));
    await writeInstallationValue(tx, SETTINGS, settings);
    await audit(tx, { actor, action: 'provider.settings', subject: 'provider:settings', before, after: settings });
    return settings;
  });
}

const storedSmtpSchema = z.object({
  host: z.string(),
  port: z.number(),
  security: z.enum(['starttls', 'tls', 'none']),
  user: z.string().nullable(),
  from: z.string(),
  sealedPassword: z.string().nullable(),
});
type StoredSmtp = z.infer<typeof storedSmtpSchema>;

/** The mail server with its password: for who sends, never for an answer. */
export interface Smtp extends Omit<StoredSmtp, 'sealedPassword'> {
  readonly password: string | null;
}

/** Null: none is set. */
export async function readSmtp({ database, sealer }: Pick<ManagerParts, 'database' | 'sealer'>): Promise<Smtp | null> {
  const stored = await database.asIdentity(readStoredSmtp);
  if (stored === null) return null;
  const { sealedPassword, ...smtp } = stored;
  const password =
    sealedPassword === null ? null : sealer.open(Buffer.from(sealedPassword, 'base64'), SMTP_PURPOSE).toString();
  return { ...smtp, password };
}

export async function viewSmtp({ database }: ManagerParts): Promise<SmtpSettings | null> {
  return toView(await database.asIdentity(readStoredSmtp));
}

export type SmtpChange = Omit<Smtp, 'password'> & { readonly password?: string | null | undefined };

export async function writeSmtp(parts: ManagerParts, actor: Actor, change: SmtpChange): Promise<SmtpSettings | null> {
  return parts.database.asIdentity(async (tx) => {
    const before = await readStoredSmtp(tx);
    const { password, ...rest } = change;
    const sealedPassword = password === undefined ? (before?.sealedPassword ?? null) : seal(parts, password);
    const stored = { ...rest, sealedPassword };
    await writeInstallationValue(tx, SMTP, stored);
    const after = toView(stored);
    await audit(tx, { actor, action: 'provider.smtp', subject: 'provider:smtp', before: toView(before), after });
    return after;
  });
}

export async function removeSmtp({ database }: ManagerParts, actor: Actor): Promise<void> {
  await database.asIdentity(async (tx) => {
    const before = toView(await readStoredSmtp(tx));
    await removeInstallationValue(tx, SMTP);
    await audit(tx, { actor, action: 'provider.smtp', subject: 'provider:smtp', before });
  });
}

function seal({ sealer }: ManagerParts, password: string | null): string | null {
  return password === null ? null : sealer.seal(Buffer.from(password), SMTP_PURPOSE).toString('base64');
}

function toView(stored: StoredSmtp | null): SmtpSettings | null {
  if (stored === null) return null;
  const { sealedPassword, ...rest } = stored;
  return { ...rest, passwordSet: sealedPassword !== null };
}

async function readStoredSmtp(tx: IdentityTransaction): Promise<StoredSmtp | null> {
  const parsed = storedSmtpSchema.safeParse(await readInstallationValue(tx, SMTP));
  return parsed.success ? parsed.data : null;
}
