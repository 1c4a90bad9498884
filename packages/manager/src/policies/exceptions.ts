// SPDX-License-Identifier: Apache-2.0
// EX-1, EX-2: the exceptions of all policies in one view. They exist only in policies: adding or removing one creates a new revision of its policy.
import { canonicalJson, type ExceptionRow } from '@lazaret/contract';
import type { Exception, Policy, ScanKind } from '@lazaret/core';
import { createHash } from 'node:crypto';
import type { TenantTransaction } from '../database/index.ts';
import { notFound } from '../server/index.ts';
import { type Change, findRecord, requireDocument, updatePolicy } from './policies.ts';

const KINDS: readonly ScanKind[] = ['realtime', 'scheduled', 'manual'];

export interface ExceptionFilter {
  readonly policy?: string | undefined;
  readonly kind?: ScanKind | undefined;
}

/** By policy, kind and place in it. */
export async function listExceptions(
  tx: TenantTransaction,
  filter: ExceptionFilter,
  nowMs: number,
): Promise<readonly ExceptionRow[]> {
  let query = tx.selectFrom('policies').select(['id', 'name', 'hash']);
  if (filter.policy !== undefined) query = query.where('id', '=', filter.policy);
  const rows: ExceptionRow[] = [];
  for (const { id, name, hash } of await query.orderBy('name').orderBy('id').execute()) {
    const document = await requireDocument(tx, hash);
    for (const kind of KINDS) {
      if (filter.kind !== undefined && filter.kind !== kind) continue;
      for (const one of document[kind].exceptions) rows.push(toRow({ id, name }, kind, one, nowMs));
    }
  }
  return rows;
}

function toRow(policy: ExceptionRow['policy'], kind: ScanKind, one: Exception, nowMs: number): ExceptionRow {
  return {
    id: exceptionId(policy.id, kind, one),
    policy,
    kind,
    match: { ...one.match },
    author: one.author ?? null,
    reason: one.reason ?? null,
    expires: one.expires ?? null,
    expired: one.expires !== undefined && Date.parse(one.expires) <= nowMs,
  };
}

/** Of what it is and where, not of its place in the list: others may come and go around it. */
function exceptionId(policyId: string, kind: ScanKind, one: Exception): string {
  return createHash('sha256')
    .update(`${policyId} ${kind} ${canonicalJson(one)}`)
    .digest('hex')
    .slice(0, 32);
}

export interface NewException {
  readonly policyId: string;
  readonly kinds: readonly ScanKind[];
  readonly match: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly expires: string | null;
}

/** One that is there already (the same match) is replaced: its reason and end may be new. */
export async function addException(tx: TenantTransaction, change: Change, asked: NewException): Promise<void> {
  const { hash } = await findRecord(tx, asked.policyId);
  const added: Exception = {
    match: asked.match as Exception['match'],
    author: change.actor.name,
    reason: asked.reason,
    ...(asked.expires === null ? {} : { expires: asked.expires }),
  };
  const same = canonicalJson(asked.match);
  const document = editExceptions(await requireDocument(tx, hash), asked.kinds, (list) => [
    ...list.filter(({ match }) => canonicalJson(match) !== same),
    added,
  ]);
  await updatePolicy(tx, change, asked.policyId, { document, comment: `exception: ${asked.reason}` });
}

export async function removeException(tx: TenantTransaction, change: Change, id: string): Promise<void> {
  const found = (await listExceptions(tx, {}, 0)).find((row) => row.id === id);
  if (found === undefined) throw notFound('exception');
  const { hash } = await findRecord(tx, found.policy.id);
  const document = editExceptions(await requireDocument(tx, hash), [found.kind], (list) =>
    list.filter((one) => exceptionId(found.policy.id, found.kind, one) !== id),
  );
  await updatePolicy(tx, change, found.policy.id, { document, comment: 'exception removed' });
}

function editExceptions(
  document: Policy,
  kinds: readonly ScanKind[],
  edit: (list: readonly Exception[]) => readonly Exception[],
): Policy {
  const edited = { ...document };
  for (const kind of new Set(kinds))
    Object.assign(edited, { [kind]: { ...document[kind], exceptions: edit(document[kind].exceptions) } });
  return edited;
}
