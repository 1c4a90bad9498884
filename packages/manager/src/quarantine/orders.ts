// SPDX-License-Identifier: Apache-2.0
// Restore, delete and download: each entry gets a command of its own, and each answer a row of its own. A restore with an exception happens only when its VM
// has the policy that contains the exception: the hash of the new policy is the command's precondition.
import type {
  AuditAction,
  CommandBody,
  QuarantineReference,
  QuarantineResults,
  QuarantineRestore,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { audit, type Actor } from '../audit/index.ts';
import { queueCommand } from '../commands/index.ts';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { addException, type Change } from '../policies/index.ts';
import { conflict, failureOf, notFound } from '../server/index.ts';
import { entryRows, type EntryRow } from './entries.ts';

export interface OrderContext {
  readonly tx: TenantTransaction;
  readonly tenantId: string;
  readonly now: Date;
  readonly newId: () => string;
  readonly actor: Actor;
}

export async function restoreEntries(
  context: OrderContext,
  { entries, directory, exception }: QuarantineRestore,
  change: Change,
): Promise<QuarantineResults> {
  const hashes = new Map<string, string>();
  return await each(entries, async (reference) => {
    const row = await lockHeld(context, reference);
    const policyHash = exception === undefined ? null : await except(context, row, exception, change, hashes);
    const to = directory === undefined ? null : placeIn(directory, row);
    const body = { kind: 'quarantine-restore' as const, entry: row.entry, to, keepEntry: false };
    return await order(context, row, body, policyHash);
  });
}

export async function deleteEntries(
  context: OrderContext,
  entries: readonly QuarantineReference[],
): Promise<QuarantineResults> {
  return await each(entries, async (reference) => {
    const row = await lockHeld(context, reference);
    return await order(context, row, { kind: 'quarantine-delete', entry: row.entry }, null);
  });
}

/** The VM brings the file; the answer is the command that asks for it. */
export async function fetchEntry(
  context: OrderContext,
  reference: QuarantineReference,
  sessionHash: Buffer | null,
): Promise<string> {
  const row = await lockHeld(context, reference);
  return await order(context, row, { kind: 'quarantine-fetch', entry: row.entry }, null, sessionHash);
}

async function each(
  entries: readonly QuarantineReference[],
  work: (reference: QuarantineReference) => Promise<string>,
): Promise<QuarantineResults> {
  const results: QuarantineResults['results'] = [];
  for (const { vmId, entry } of entries) {
    try {
      results.push({ vmId, entry, commandId: await work({ vmId, entry }), error: null });
    } catch (error) {
      results.push({ vmId, entry, commandId: null, error: failureOf(error) });
    }
  }
  return { results };
}

async function lockHeld({ tx }: OrderContext, { vmId, entry }: QuarantineReference): Promise<EntryRow> {
  const row = await entryRows(tx)
    .where('q.vm_id', '=', vmId)
    .where('q.entry', '=', entry)
    .forUpdate('q')
    .executeTakeFirst();
  if (row === undefined) throw notFound('quarantine entry');
  if (row.state !== 'held') throw conflict(`The file is no longer in quarantine. Its state is: ${row.state}.`);
  if (row.open_command !== null) throw conflict(`Another command for this file is running: ${row.open_command}.`);
  return row;
}

const ACTION = {
  'quarantine-restore': 'quarantine.restore',
  'quarantine-delete': 'quarantine.delete',
  'quarantine-fetch': 'quarantine.fetch',
} as const satisfies Partial<Readonly<Record<CommandBody['kind'], AuditAction>>>;
type QuarantineOrder = Extract<CommandBody, { readonly kind: keyof typeof ACTION }>;

async function order(
  { tx, tenantId, now, newId, actor }: OrderContext,
  { vm_id: vmId, entry, sha256, path, threat }: EntryRow,
  body: QuarantineOrder,
  policyHash: string | null,
  sessionHash: Buffer | null = null,
): Promise<string> {
  const id = newId();
  const precondition = { entrySha256: sha256, policyHash };
  const asked = { createdBy: actor.name, subject: entry, precondition, sessionHash };
  await queueCommand(tx, { tenantId, id, vmId, body, now, ...asked });
  const after = { entry, path, threat, sha256, commandId: id };
  await audit(tx, { actor, action: ACTION[body.kind], subject: `vm:${vmId}`, after });
  await notifyLive(tx, tenantId, 'quarantine', vmId);
  return id;
}

/** AC-8f: by its content, in the policy of its VM, for every kind of scan. Answers the hash that the policy has then. */
async function except(
  { tx }: OrderContext,
  { policy_id: policyId, sha256 }: EntryRow,
  { reason, expires }: NonNullable<QuarantineRestore['exception']>,
  change: Change,
  hashes: Map<string, string>,
): Promise<string> {
  if (sha256 === null) throw conflict('The hash of the file is not known, so no exception by hash is possible.');
  const known = hashes.get(`${policyId} ${sha256}`);
  if (known !== undefined) return known;
  const kinds = ['realtime', 'scheduled', 'manual'] as const;
  await addException(tx, change, { policyId, kinds, match: { sha256 }, reason, expires });
  const { hash } = await tx.selectFrom('policies').select('hash').where('id', '=', policyId).executeTakeFirstOrThrow();
  hashes.set(`${policyId} ${sha256}`, hash);
  return hash;
}

/** Base64 of the path in the other place: the file keeps its name. */
function placeIn(directory: string, { path, path_base64: base64 }: EntryRow): string {
  if (!directory.startsWith('/'))
    throw new LazaretError('api.invalid', 'The directory must be absolute.', { where: '/directory' });
  const bytes = base64 === null ? Buffer.from(path) : Buffer.from(base64, 'base64');
  const name = bytes.subarray(bytes.lastIndexOf(0x2f) + 1);
  return Buffer.concat([Buffer.from(`${directory.replace(/\/+$/, '')}/`), name]).toString('base64');
}
