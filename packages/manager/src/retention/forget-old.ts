// SPDX-License-Identifier: Apache-2.0
// Deletes what has been kept long enough: whole months of events and detections (a partition is dropped, not emptied row by row), settled deliveries, expired
// sessions and links. The audit log stays, because nobody may remove lines from it. Running it twice does no harm.
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import { sql } from 'kysely';
import { forgetExpired } from '../auth/index.ts';
import type { IdentityTransaction, TenantTransaction } from '../database/index.ts';
import { forgetSettled } from '../notify/index.ts';
import { readProviderSettings } from '../provider-settings/index.ts';
import type { ManagerParts } from '../server/index.ts';

const DAY_MS = 24 * 3_600_000;
const DELIVERIES_MS = 90 * DAY_MS;
const CONSENT_USES_MS = 400 * DAY_MS;

export async function forgetOld(parts: ManagerParts): Promise<void> {
  const { database, clock, log } = parts;
  const now = new Date(clock.nowMs());
  const { retentionMonths } = await readProviderSettings(database);
  const keptSince = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - retentionMonths, 1));
  const dropped = await database.asTenant(PROVIDER_TENANT_ID, (tx) => dropMonths(tx, keptSince));
  const tenants = await database.asIdentity((tx) => tx.selectFrom('tenants').select('id').execute());
  for (const { id } of tenants) await database.asTenant(id, (tx) => forgetDeliveries(tx, now));
  await database.asIdentity((tx) => forgetIdentity(tx, now));
  log.info({ dropped, keptSince }, 'old records were deleted');
}

async function dropMonths(tx: TenantTransaction, before: Date): Promise<number> {
  const { rows } = await sql<{ dropped: number }>`select lazaret.drop_months_before(${before}) as dropped`.execute(tx);
  return rows[0]?.dropped ?? 0;
}

async function forgetDeliveries(tx: TenantTransaction, now: Date): Promise<void> {
  const before = new Date(now.getTime() - DELIVERIES_MS);
  await forgetSettled(tx, before);
}

async function forgetIdentity(tx: IdentityTransaction, now: Date): Promise<void> {
  await forgetExpired(tx, { now, consentUsesBefore: new Date(now.getTime() - CONSENT_USES_MS) });
}
