// SPDX-License-Identifier: Apache-2.0
// Policies of a tenant: a name and a series of revisions, each an immutable document named by its hash. A change is announced to the open pages and, by
// POLICY_CHANNEL, to the managers that have waiting agents.
import { type PolicyChange, type PolicyRow, type PolicyView } from '@lazaret/contract';
import { defaultPolicy, LazaretError, type Policy } from '@lazaret/core';
import { type Selectable, sql } from 'kysely';
import { type Actor, audit, SYSTEM_ACTOR } from '../audit/index.ts';
import { notify, notifyLive, type PoliciesTable, type TenantTransaction } from '../database/index.ts';
import { conflict, notFound } from '../server/index.ts';
import { diffDocuments } from './diff.ts';
import { type CheckedDocument, notAppliedOf, type PolicyRules, requireGoodDocument } from './document.ts';

/** Payload: the tenant's id. Settings of some of its VMs may have changed. */
export const POLICY_CHANNEL = 'lazaret_policies';

export interface Change {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly newId: () => string;
  readonly rules: PolicyRules;
}

type PolicyRecord = Selectable<PoliciesTable>;

export async function createPolicy(
  tx: TenantTransaction,
  { tenantId, actor, newId, rules }: Change,
  asked: { readonly document: unknown; readonly comment?: string | undefined; readonly isDefault?: boolean },
): Promise<PolicyView> {
  const checked = requireGoodDocument(asked.document, rules);
  await lockNames(tx, tenantId);
  await requireFreeName(tx, checked.policy.name, null);
  const row = await tx
    .insertInto('policies')
    .values({
      tenant_id: tenantId,
      id: newId(),
      name: checked.policy.name,
      is_default: asked.isDefault ?? false,
      revision: 1,
      hash: checked.hash,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await storeDocument(tx, tenantId, checked);
  await addRevision(tx, row, actor, asked.comment);
  await audit(tx, {
    actor,
    action: 'policies.create',
    subject: `policy:${row.id}`,
    after: { name: row.name, hash: row.hash },
  });
  await announce(tx, tenantId, row.id);
  return readPolicy(tx, row.id);
}

/** A document that another version took can be changed on: what it held already is no new mistake. */
async function unknownFieldsOf(tx: TenantTransaction, hash: string): Promise<readonly string[]> {
  return notAppliedOf(await requireDocument(tx, hash)).map(({ path }) => path);
}

/** A new revision; none when nothing changed. Throws `api.conflict` when somebody else was faster. */
export async function updatePolicy(
  tx: TenantTransaction,
  { tenantId, actor, rules }: Change,
  id: string,
  asked: { readonly document: unknown; readonly comment?: string | undefined; readonly basedOn?: number | undefined },
): Promise<PolicyView> {
  await lockNames(tx, tenantId);
  const before = await findRecord(tx, id);
  const checked = requireGoodDocument(asked.document, { ...rules, known: await unknownFieldsOf(tx, before.hash) });
  if (asked.basedOn !== undefined && asked.basedOn !== before.revision)
    throw conflict(
      `You edited revision ${asked.basedOn}, but somebody else has saved revision ${before.revision} since.`,
    );
  if (checked.hash === before.hash) return readPolicy(tx, id);
  await requireFreeName(tx, checked.policy.name, id);
  await storeDocument(tx, tenantId, checked);
  const row = await tx
    .updateTable('policies')
    .set({ name: checked.policy.name, hash: checked.hash, revision: before.revision + 1, updated_at: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await addRevision(tx, row, actor, asked.comment);
  await audit(tx, {
    actor,
    action: 'policies.update',
    subject: `policy:${id}`,
    before: { revision: before.revision, hash: before.hash },
    after: { revision: row.revision, hash: row.hash, changes: await changesBetween(tx, before.hash, row.hash) },
  });
  await announce(tx, tenantId, id);
  return readPolicy(tx, id);
}

export async function deletePolicy(tx: TenantTransaction, { tenantId, actor }: Change, id: string): Promise<void> {
  const row = await findRecord(tx, id);
  if (row.is_default) throw conflict('This is the default policy. Make another policy the default first.');
  try {
    await tx.deleteFrom('policies').where('id', '=', id).execute();
  } catch (error) {
    // A group, VM or enrolment token refers to it (foreign_key_violation).
    if (error instanceof Error && 'code' in error && error.code === '23503')
      throw conflict('Groups, VMs or enrolment tokens still use this policy.');
    throw error;
  }
  await audit(tx, {
    actor,
    action: 'policies.delete',
    subject: `policy:${id}`,
    before: { name: row.name, hash: row.hash },
  });
  await announce(tx, tenantId, id);
}

export async function makeDefault(tx: TenantTransaction, { tenantId, actor }: Change, id: string): Promise<PolicyView> {
  await lockNames(tx, tenantId);
  await findRecord(tx, id);
  const before = await tx.selectFrom('policies').select('id').where('is_default', '=', true).executeTakeFirst();
  await tx.updateTable('policies').set({ is_default: false }).where('is_default', '=', true).execute();
  await tx.updateTable('policies').set({ is_default: true }).where('id', '=', id).execute();
  await audit(tx, {
    actor,
    action: 'policies.make_default',
    subject: `policy:${id}`,
    before: { id: before?.id ?? null },
    after: { id },
  });
  await announce(tx, tenantId, id);
  return readPolicy(tx, id);
}

/** The id of the tenant's default policy, which is made where it is not there yet. */
export async function ensureDefaultPolicy(
  tx: TenantTransaction,
  tenantId: string,
  newId: () => string,
): Promise<string> {
  const find = () => tx.selectFrom('policies').select('id').where('is_default', '=', true).executeTakeFirst();
  const found = await find();
  if (found !== undefined) return found.id;
  await lockNames(tx, tenantId);
  const again = await find();
  if (again !== undefined) return again.id;
  const change: Change = { tenantId, actor: SYSTEM_ACTOR, newId, rules: {} };
  return (await createPolicy(tx, change, { document: defaultPolicy, isDefault: true })).id;
}

/** What a VM is to have: its own policy, else its group's, else the default. */
export async function desiredPolicy(
  tx: TenantTransaction,
  tenantId: string,
  vm: { readonly policyId: string | null; readonly groupId: string | null },
  newId: () => string,
): Promise<{ readonly policyId: string; readonly name: string; readonly revision: number; readonly hash: string }> {
  const ofGroup =
    vm.groupId === null
      ? undefined
      : await tx.selectFrom('groups').select('policy_id').where('id', '=', vm.groupId).executeTakeFirst();
  const id = vm.policyId ?? ofGroup?.policy_id ?? (await ensureDefaultPolicy(tx, tenantId, newId));
  const { name, revision, hash } = await findRecord(tx, id);
  return { policyId: id, name, revision, hash };
}

/** The canonical text of a document of this tenant; null when it has none of that hash. */
export async function readPolicyDocument(tx: TenantTransaction, hash: string): Promise<string | null> {
  const row = await tx.selectFrom('policy_documents').select('document').where('hash', '=', hash).executeTakeFirst();
  return row?.document ?? null;
}

export async function readPolicy(tx: TenantTransaction, id: string): Promise<PolicyView> {
  const record = await findRecord(tx, id);
  const document = await requireDocument(tx, record.hash);
  const notApplied = notAppliedOf(document).map(({ code, path, message }) => ({ code, path, message }));
  return { ...(await toRow(tx, record)), document, notApplied };
}

export async function toRow(tx: TenantTransaction, record: PolicyRecord): Promise<PolicyRow> {
  const groups = await tx
    .selectFrom('groups')
    .select(['id', 'name'])
    .where('policy_id', '=', record.id)
    .orderBy('name')
    .execute();
  return {
    id: record.id,
    name: record.name,
    isDefault: record.is_default,
    revision: record.revision,
    hash: record.hash,
    groups,
    createdAt: record.created_at.toISOString(),
    updatedAt: record.updated_at.toISOString(),
  };
}

export async function requireDocument(tx: TenantTransaction, hash: string): Promise<Policy> {
  const text = await readPolicyDocument(tx, hash);
  if (text === null) throw new LazaretError('api.internal', `The policy document ${hash} does not exist.`);
  return JSON.parse(text) as Policy;
}

export async function changesBetween(tx: TenantTransaction, before: string, after: string): Promise<PolicyChange[]> {
  return diffDocuments(await requireDocument(tx, before), await requireDocument(tx, after));
}

export async function findRecord(tx: TenantTransaction, id: string): Promise<PolicyRecord> {
  const row = await tx.selectFrom('policies').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('policy');
  return row;
}

async function storeDocument(tx: TenantTransaction, tenantId: string, { hash, text }: CheckedDocument): Promise<void> {
  await tx
    .insertInto('policy_documents')
    .values({ tenant_id: tenantId, hash, document: text })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function addRevision(
  tx: TenantTransaction,
  row: PolicyRecord,
  actor: Actor,
  comment: string | undefined,
): Promise<void> {
  const { tenant_id, id, revision, hash } = row;
  const said = comment === undefined || comment === '' ? null : comment;
  await tx
    .insertInto('policy_revisions')
    .values({ tenant_id, policy_id: id, revision, hash, author: actor.name, comment: said })
    .execute();
}

/** Two who save at the same moment go one after the other, and the second sees what the first did. */
async function lockNames(tx: TenantTransaction, tenantId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`policies ${tenantId}`}, 0))`.execute(tx);
}

async function requireFreeName(tx: TenantTransaction, name: string, id: string | null): Promise<void> {
  const taken = await tx
    .selectFrom('policies')
    .select('id')
    .where(sql`lower(name)`, '=', sql`lower(${name})`)
    .executeTakeFirst();
  if (taken !== undefined && taken.id !== id) throw conflict(`There is already a policy with the name "${name}".`);
}

async function announce(tx: TenantTransaction, tenantId: string, id: string): Promise<void> {
  await notifyLive(tx, tenantId, 'policies', id);
  await notify(tx, POLICY_CHANNEL, tenantId);
}
