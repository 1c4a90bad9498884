// SPDX-License-Identifier: Apache-2.0
// Creates a release from the starter set if the manager has none, so that tenants can add their own signatures from the first day.
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import { sql } from 'kysely';
import type { ManagerParts } from '../server/index.ts';
import { activateRelease, importRelease, listDirectory } from './import-release.ts';

const LOCK = 7_262_540;

export async function ensureFirstRelease({ database, clock }: ManagerParts, starterDirectory: string): Promise<void> {
  await database.asTenant(PROVIDER_TENANT_ID, async (tx) => {
    // Of two managers that start together, one makes it.
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    const found = await tx
      .selectFrom('releases')
      .select('id')
      .where('tenant_id', '=', PROVIDER_TENANT_ID)
      .limit(1)
      .executeTakeFirst();
    if (found !== undefined) return;
    const now = new Date(clock.nowMs());
    const news = { label: 'starter', source: 'the starter set', now, importedBy: null };
    await activateRelease(tx, await importRelease(tx, listDirectory(starterDirectory), news), now);
  });
}
