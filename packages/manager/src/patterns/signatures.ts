// SPDX-License-Identifier: Apache-2.0
// A tenant's own signatures: kept as they were written, checked by the engine in the background, and part of the tenant's release only when it took them.
import type { Signature as SignatureView } from '@lazaret/contract';
import type { z } from 'zod';
import type { signatureRequestSchema } from '@lazaret/contract';
import { audit, type Actor } from '../audit/index.ts';
import { notifyLive, type JobQueue, type TenantTransaction } from '../database/index.ts';
import { conflict, notFound, type ManagerParts } from '../server/index.ts';
import type { CheckPatterns } from './check-patterns.ts';
import { signatureFiles, type Signature } from './signature-files.ts';
import { composeTenantRelease } from './tenant-release.ts';

const CHECK_QUEUE: JobQueue = {
  name: 'patterns.check-signature',
  retryLimit: 5,
  retryDelaySeconds: 10,
  retryDelayMaxSeconds: 600,
  expireInSeconds: 300,
};

const SIGNATURES_MAX = 10_000;
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
): Promise<SignatureView> {
  // Its form is judged at once; the engine judges the rest.
  signatureFiles([{ kind, name, body, threatKind }]);
  const { count } = await tx
    .selectFrom('signatures')
    .select((build) => build.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  if (Number(count) >= SIGNATURES_MAX)
    throw conflict(`There are ${SIGNATURES_MAX} signatures, as many as there may be.`);
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
  if (made === undefined) throw conflict(`There is a signature named ${name} already.`);
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
    const signature = { kind: row.kind, name: row.name, body: row.body, threatKind: row.threat_kind } as Signature;
    const why = await check(signatureFiles([signature]));
    await database.asTenant(tenantId, async (tx) => {
      const state = why === null ? 'active' : 'refused';
      await tx.updateTable('signatures').set({ state, why }).where('id', '=', id).execute();
      await composeTenantRelease(tx, tenantId, new Date(clock.nowMs()));
    });
  });
}
