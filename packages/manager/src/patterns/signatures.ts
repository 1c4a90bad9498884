// SPDX-License-Identifier: Apache-2.0
// A tenant's own signatures: stored as they were written, checked by the engine in the background, and added to the tenant's release only if the engine accepts
// them.
import type { Signature as SignatureView } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { signatureFiles, type OwnSignature } from '@lazaret/patterns';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { signatureRequestSchema } from '@lazaret/contract';
import { audit, type Actor } from '../audit/index.ts';
import { notifyLive, type JobQueue, type TenantTransaction } from '../database/index.ts';
import { conflict, notFound, type ManagerParts } from '../server/index.ts';
import type { CheckPatterns } from './check-patterns.ts';
import { composeTenantRelease } from './tenant-release.ts';

const CHECK_QUEUE: JobQueue = {
  name: 'patterns.check-signature',
  retryLimit: 5,
  retryDelaySeconds: 10,
  retryDelayMaxSeconds: 600,
  expireInSeconds: 300,
};

/** Below what a VM takes as one release (files, kinds, names): a release that it refuses would keep the provider's patterns from it, too. */
export interface SignatureLimits {
  readonly signatures: number;
  readonly bytes: number;
  /** Words in YARA texts before which, or behind which, a name may stand. */
  readonly words: number;
  /** That wait for the engine: of the one queue of all tenants nobody takes more than this. */
  readonly checking: number;
}
export const SIGNATURE_LIMITS: SignatureLimits = {
  signatures: 9_000,
  bytes: 64 * 1024 * 1024,
  words: 90_000,
  checking: 50,
};

export type NewSignature = z.output<typeof signatureRequestSchema>;

export function selectSignatures(tx: TenantTransaction) {
  return tx.selectFrom('signatures').selectAll().orderBy('name');
}
type Row = Awaited<ReturnType<ReturnType<typeof selectSignatures>['execute']>>[number];

export function presentSignature(row: Row): SignatureView {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    body: row.body,
    threatKind: row.threat_kind as SignatureView['threatKind'],
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    state: row.state,
    why: row.why,
  };
}

export interface SignatureContext {
  readonly tx: TenantTransaction;
  readonly tenantId: string;
  readonly id: string;
  readonly now: Date;
  readonly actor: Actor;
}

export async function addSignature(
  { jobs }: Pick<ManagerParts, 'jobs'>,
  { tx, tenantId, id, now, actor }: SignatureContext,
  { kind, name, body, threatKind, reason }: NewSignature,
  limits: SignatureLimits = SIGNATURE_LIMITS,
): Promise<SignatureView> {
  // Its form is judged at once; the engine judges the rest.
  signatureFiles([{ kind, name, body, threatKind }]);
  const row = {
    tenant_id: tenantId,
    id,
    kind,
    name,
    body,
    threat_kind: threatKind,
    reason,
    created_at: now,
    created_by: actor.name,
    state: 'checking' as const,
    why: null,
  };
  const made = await tx
    .insertInto('signatures')
    .values(row)
    .onConflict((one) => one.columns(['tenant_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made === undefined) throw conflict(`There is already a signature with the name ${name}.`);
  await requireWithin(tx, limits);
  await jobs.send(tx, CHECK_QUEUE.name, { tenantId, id });
  await audit(tx, {
    actor,
    action: 'patterns.add-signature',
    subject: `signature:${id}`,
    after: { kind, name, threatKind, reason },
  });
  await notifyLive(tx, tenantId, 'patterns');
  return presentSignature(made);
}

/** With the one that was just added. Counted by words, not by taking YARA apart: there are no more names than these. */
async function requireWithin(tx: TenantTransaction, limits: SignatureLimits): Promise<void> {
  const countOf = (word: string) => sql`(length(body) - length(replace(body, ${word}, ''))) / ${word.length}::int`;
  const { rows } = await sql<
    Record<keyof SignatureLimits, string>
  >`select count(*) as signatures, count(*) filter (where state = 'checking') as checking,
    sum(octet_length(body)) as bytes, count(*) + coalesce(sum(${countOf('rule')} + ${countOf('name')}) filter (where kind = 'yara'), 0) as words
    from lazaret.signatures`.execute(tx);
  const { checking, ...lasting } = limits;
  if (Number(rows[0]?.checking) > checking)
    throw new LazaretError(
      'api.too_many',
      `${checking} signatures are still being checked. Add more when this is done.`,
    );
  for (const [what, max] of Object.entries(lasting))
    if (Number(rows[0]?.[what as keyof SignatureLimits]) > max)
      throw conflict(
        `The signatures of a tenant may have at most ${max} ${what === 'words' ? 'names' : what} in total.`,
      );
}

export async function removeSignature({ tx, tenantId, id, now, actor }: SignatureContext): Promise<void> {
  const gone = await tx.deleteFrom('signatures').where('id', '=', id).returningAll().executeTakeFirst();
  if (gone === undefined) throw notFound('signature');
  const before = { kind: gone.kind, name: gone.name, body: gone.body };
  await audit(tx, { actor, action: 'patterns.remove-signature', subject: `signature:${id}`, before });
  await composeTenantRelease(tx, tenantId, now);
}

/** Works the queue of checks. A job that comes again finds a signature that is checked already, or none. */
export async function workSignatureChecks(
  { database, jobs, clock }: ManagerParts,
  check: CheckPatterns,
): Promise<void> {
  await jobs.work<{ tenantId: string; id: string }>(CHECK_QUEUE, async ({ tenantId, id }) => {
    const row = await database.asTenant(tenantId, (tx) =>
      tx.selectFrom('signatures').selectAll().where('id', '=', id).where('state', '=', 'checking').executeTakeFirst(),
    );
    if (row === undefined) return;
    const signature = { kind: row.kind, name: row.name, body: row.body, threatKind: row.threat_kind } as OwnSignature;
    const why = await check(signatureFiles([signature]));
    await database.asTenant(tenantId, async (tx) => {
      const state = why === null ? 'active' : 'refused';
      await tx.updateTable('signatures').set({ state, why }).where('id', '=', id).execute();
      await composeTenantRelease(tx, tenantId, new Date(clock.nowMs()));
    });
  });
}
