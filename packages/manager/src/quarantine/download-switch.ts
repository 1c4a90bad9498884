// SPDX-License-Identifier: Apache-2.0
// AC-8g: a tenant can forbid that infected files ever leave its VMs. Downloads are allowed unless the tenant has switched them off.
import { quarantineSettingsSchema, type QuarantineSettings } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { audit, type Actor } from '../audit/index.ts';
import type { TenantTransaction } from '../database/index.ts';
import { writeSetting } from '../settings/index.ts';

const NAME = 'quarantine';

export async function readQuarantineSettings(tx: TenantTransaction): Promise<QuarantineSettings> {
  const row = await tx.selectFrom('settings').select('value').where('name', '=', NAME).executeTakeFirst();
  const parsed = quarantineSettingsSchema.safeParse(row?.value);
  return parsed.success ? parsed.data : { downloads: true };
}

export async function writeQuarantineSettings(
  tx: TenantTransaction,
  tenantId: string,
  actor: Actor,
  settings: QuarantineSettings,
): Promise<QuarantineSettings> {
  const before = await readQuarantineSettings(tx);
  await writeSetting(tx, tenantId, NAME, settings);
  await audit(tx, { actor, action: 'settings.quarantine', subject: 'settings:quarantine', before, after: settings });
  return settings;
}

export async function requireDownloads(tx: TenantTransaction): Promise<void> {
  if (!(await readQuarantineSettings(tx)).downloads)
    throw new LazaretError('quarantine.downloads_off', 'Downloads from quarantine are switched off in this tenant.');
}
