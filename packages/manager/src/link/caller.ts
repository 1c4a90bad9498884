// SPDX-License-Identifier: Apache-2.0
// Which VM calls: by the certificate of its connection, which one of our authorities signed. Whether that certificate still counts is asked of the
// database at each request, so that a VM that is retired is out at once.
import type { TLSSocket } from 'node:tls';
import { uuidSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { audit, type AuditEntry } from '../audit/index.ts';
import { notifyLive, type TenantTransaction } from '../database/index.ts';
import { type HolderState, isEntrusted, isLetIn } from './clones/clone.ts';

interface Certified {
  readonly tenantId: string;
  readonly vmId: string;
  readonly serial: string;
}

export interface Caller extends Certified {
  /** Which start of an agent says that it asks; null where it does not. */
  readonly instance: string | null;
}

const known = new WeakMap<TLSSocket, Certified>();

/** Throws `link.certificate`. */
export function callerOf(socket: TLSSocket, instance: string | null): Caller {
  const certified = known.get(socket) ?? readCertified(socket);
  known.set(socket, certified);
  return { ...certified, instance };
}

function readCertified(socket: TLSSocket): Certified {
  const { subject, serialNumber } = socket.authorized ? socket.getPeerCertificate() : {};
  const vmId = uuidSchema.safeParse(subject?.CN);
  const tenantId = uuidSchema.safeParse(subject?.O);
  if (!vmId.success || !tenantId.success || serialNumber === undefined)
    throw new LazaretError('link.certificate', 'The agent presented no certificate of this manager.');
  return { tenantId: tenantId.data, vmId: vmId.data, serial: serialNumber.toLowerCase() };
}

export interface CallingVm {
  readonly id: string;
  readonly name: string;
  readonly membership: 'active' | 'pending' | 'retired';
  readonly holder: HolderState | null;
  readonly certificateNotAfter: Date;
  readonly certificateIssuedAt: Date;
  /** A copy of it was seen. */
  readonly isCopied: boolean;
  /** A newer one is in use: whoever shows this one has a copy. */
  readonly isSuperseded: boolean;
}

/** The VM of a caller that holds its key: certificate in force, and the agent that checked in. Throws `link.certificate`, `link.retired`, `link.clone`. */
export async function readCallingVm(tx: TenantTransaction, caller: Caller, now: Date): Promise<CallingVm> {
  const vm = await readVmOrCopy(tx, caller, now);
  if (vm.isSuperseded) throw superseded();
  const { instance } = caller;
  if (instance === null || vm.holder === null || !isLetIn(vm.holder, instance, vm.isCopied, now.getTime()))
    throw new LazaretError('link.clone', 'Another agent has checked in with this certificate since.');
  return vm;
}

/** The same for what a VM brings, and for what it would lose to a copy. Throws `link.clone` as long as it may be one (SY-10b). */
export async function readEntrustedVm(tx: TenantTransaction, caller: Caller, now: Date): Promise<CallingVm> {
  const vm = await readCallingVm(tx, caller, now);
  if (vm.holder === null || !isEntrusted(vm.holder, caller.instance ?? '', vm.isCopied, now.getTime()))
    throw new LazaretError(
      'link.clone',
      'The manager is still checking whether this agent is a copy of another running agent.',
    );
  return vm;
}

/** The same for who may also be a copy: what it is told is the caller's to decide. Throws `link.certificate`, `link.retired`. */
export async function readVmOrCopy(tx: TenantTransaction, caller: Caller, now: Date): Promise<CallingVm> {
  const row = await tx
    .selectFrom('vm_certificates as c')
    .innerJoin('vms', (join) => join.onRef('vms.tenant_id', '=', 'c.tenant_id').onRef('vms.id', '=', 'c.vm_id'))
    .select(['vms.id', 'vms.name', 'vms.membership', 'vms.holder'])
    .select(['c.not_after', 'c.created_at', 'c.revoked_at', 'c.first_used_at', 'c.copied_at'])
    .where('c.serial', '=', caller.serial)
    .where('c.vm_id', '=', caller.vmId)
    .executeTakeFirst();
  if (row === undefined) throw new LazaretError('link.certificate', 'The manager does not know this certificate.');
  if (row.membership === 'retired') throw new LazaretError('link.retired', `The VM ${row.name} was retired.`);
  if (row.first_used_at === null && row.revoked_at === null) await beginUse(tx, caller, row, now);
  return {
    id: row.id,
    name: row.name,
    membership: row.membership,
    holder: row.holder as HolderState | null,
    certificateNotAfter: row.not_after,
    certificateIssuedAt: row.created_at,
    isCopied: row.copied_at !== null,
    isSuperseded: row.revoked_at !== null,
  };
}

export function superseded(): LazaretError {
  return new LazaretError('link.certificate', 'This certificate was revoked or replaced by a newer one.');
}

/** With the first use of a certificate older ones of the VM are withdrawn – not when it is issued, because that answer may be lost. */
async function beginUse(
  tx: TenantTransaction,
  { vmId, serial }: Caller,
  { name, created_at }: { readonly name: string; readonly created_at: Date },
  now: Date,
): Promise<void> {
  const begun = await tx
    .updateTable('vm_certificates')
    .set({ first_used_at: now })
    .where('serial', '=', serial)
    .where('first_used_at', 'is', null)
    .executeTakeFirst();
  if (begun.numUpdatedRows !== 1n) return;
  const gone = await tx
    .updateTable('vm_certificates')
    .set({ revoked_at: now })
    .where('vm_id', '=', vmId)
    .where('serial', '!=', serial)
    .where('created_at', '<', created_at)
    .where('revoked_at', 'is', null)
    .returning(['serial', 'copied_at'])
    .execute();
  const copied = gone.filter(({ copied_at }) => copied_at !== null).map((one) => one.serial);
  if (copied.length === 0) return;
  const actor = { kind: 'agent', id: vmId, name } as const;
  await audit(tx, {
    actor,
    action: 'vms.certificate_replaced',
    subject: `vm:${vmId}`,
    before: { serials: copied },
    after: { serial },
  });
}

const TOLD_AGAIN_MS = 3_600_000;

/** A copy of the caller's certificate was seen: the alarm and the next renewal follow from it. In the audit once an hour. */
export async function noteCopy(
  tx: TenantTransaction,
  { tenantId, vmId, serial }: Caller,
  { name, addresses }: { readonly name: string; readonly addresses: readonly string[] },
  now: Date,
): Promise<void> {
  const certificate = tx.selectFrom('vm_certificates').select('copied_at').where('serial', '=', serial);
  const before = (await certificate.forUpdate().executeTakeFirstOrThrow()).copied_at;
  await tx.updateTable('vm_certificates').set({ copied_at: now }).where('serial', '=', serial).execute();
  if (before !== null && now.getTime() - before.getTime() < TOLD_AGAIN_MS) return;
  const actor = { kind: 'agent', id: vmId, name } as const;
  const entry: AuditEntry = {
    actor,
    action: 'vms.certificate_copied',
    subject: `vm:${vmId}`,
    after: { serial, addresses },
  };
  await audit(tx, entry);
  await notifyLive(tx, tenantId, 'vms', vmId);
}
