// SPDX-License-Identifier: Apache-2.0
// Commands as the API shows them.
import type { Command, CommandKind, ExplainAnswer } from '@lazaret/contract';
import { explanationSchema } from '@lazaret/contract';
import { z } from 'zod';
import type { TenantTransaction } from '../database/index.ts';

export function selectCommands(tx: TenantTransaction) {
  return tx.selectFrom('commands').selectAll();
}
export type CommandRow = Awaited<ReturnType<ReturnType<typeof selectCommands>['execute']>>[number];

export function presentCommand(row: CommandRow): Command {
  return {
    id: row.id,
    vmId: row.vm_id,
    kind: row.kind as CommandKind,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    sentAt: row.sent_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    result: row.result ?? null,
  };
}

const explainedSchema = z.object({
  path: z.string(),
  policyHash: z.string(),
  kinds: z.array(explanationSchema),
});

/** What the VM answered: its word is foreign, and checked. */
export function presentExplained(row: CommandRow): ExplainAnswer {
  const { path } = row.body as { readonly path: string };
  const asked = Buffer.from(path, 'base64').toString('utf8');
  const empty = { commandId: row.id, path: asked, answers: [], policyHash: null };
  if (row.state === 'queued' || row.state === 'sent') return { ...empty, state: 'waiting', error: null };
  const explained = explainedSchema.safeParse(row.result);
  if (row.state === 'done' && explained.success) {
    const { kinds, policyHash } = explained.data;
    return { commandId: row.id, state: 'answered', path: explained.data.path, answers: kinds, policyHash, error: null };
  }
  const error = {
    code: row.error_code ?? 'link.bad_request',
    message: row.error_message ?? 'The answer of the VM cannot be read.',
  };
  return { ...empty, state: 'failed', error };
}
