// SPDX-License-Identifier: Apache-2.0
// The state of a download: waiting, complete, or failed.
import type { QuarantineFetch } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { sql } from 'kysely';
import type { TenantTransaction } from '../database/index.ts';
import { notFound } from '../server/index.ts';
import { ARCHIVE_PASSWORD } from './archive.ts';

const STATES = { queued: 'queued', sent: 'sent', done: 'ready', failed: 'failed', expired: 'expired' } as const;

/** Throws `quarantine.not_yours` for everybody but the session that ordered it, with the password: a token and another admin order for themselves. */
export async function requireOrderedIn(tx: TenantTransaction, id: string, sessionHash: Buffer | null): Promise<void> {
  const command = await tx.selectFrom('commands').select('session_hash').where('id', '=', id).executeTakeFirst();
  const ordered = command?.session_hash ?? null;
  if (ordered === null || sessionHash === null || !ordered.equals(sessionHash))
    throw new LazaretError('quarantine.not_yours', 'The download of this file was not ordered in this session.');
}

export async function findFetch(tx: TenantTransaction, id: string): Promise<QuarantineFetch> {
  const row = await tx
    .selectFrom('commands')
    .innerJoin('quarantine_entries as q', (join) =>
      join
        .onRef('q.tenant_id', '=', 'commands.tenant_id')
        .onRef('q.vm_id', '=', 'commands.vm_id')
        .onRef('q.entry', '=', 'commands.subject'),
    )
    .select([
      'commands.state',
      'commands.expires_at',
      'commands.error_code',
      'commands.error_message',
      'q.path',
      'q.bytes',
      sql<boolean>`exists (select from lazaret.upload_parts u where u.tenant_id = commands.tenant_id and u.command_id = commands.id)`.as(
        'is_here',
      ),
    ])
    .where('commands.id', '=', id)
    .where('commands.kind', '=', 'quarantine-fetch')
    .executeTakeFirst();
  if (row === undefined) throw notFound('download');
  const state = STATES[row.state];
  return {
    id,
    // It stands here for a day.
    state: state === 'ready' && !row.is_here ? 'expired' : state,
    fileName: row.path.slice(row.path.lastIndexOf('/') + 1),
    bytes: Number(row.bytes),
    archivePassword: ARCHIVE_PASSWORD,
    expiresAt: row.expires_at.toISOString(),
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
  };
}
