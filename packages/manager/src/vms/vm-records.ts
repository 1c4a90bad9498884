// SPDX-License-Identifier: Apache-2.0
// The rows of VMs, as the link reports them. It owns the table `vms` together with vms.ts, where people change them; each change is made in the caller's
// transaction, which also announces it.
import type { CheckInRequest } from '@lazaret/contract';
import { sql } from 'kysely';
import type { TenantTransaction } from '../database/index.ts';

export interface NewVm {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly groupId: string | null;
  readonly policyId: string | null;
  /** `pending`: a person has to accept it. */
  readonly membership: 'active' | 'pending';
  readonly enrolmentTokenId: string | null;
  readonly cloneOf: string | null;
  readonly clockDifferenceMs: number | null;
  /** What the link keeps of who holds its key. */
  readonly holder: object;
  readonly machine: CheckInRequest['machine'];
  readonly now: Date;
}

export async function addVm(tx: TenantTransaction, vm: NewVm): Promise<void> {
  const { membership, now, machine } = vm;
  await tx
    .insertInto('vms')
    .values({
      tenant_id: vm.tenantId,
      id: vm.id,
      name: vm.name,
      group_id: vm.groupId,
      policy_id: vm.policyId,
      policy_since: now,
      membership,
      created_at: now,
      accepted_at: membership === 'active' ? now : null,
      retired_at: null,
      enrolment_token_id: vm.enrolmentTokenId,
      clone_of: vm.cloneOf,
      last_seen_at: now,
      stopped_at: null,
      clock_difference_ms: vm.clockDifferenceMs,
      holder: JSON.stringify(vm.holder),
      machine: JSON.stringify(machine),
      report: null,
      addresses: machine.addresses,
      applied_hash: null,
      release: null,
      release_created_at: null,
      vault_hash: null,
    })
    .execute();
}

/** What the link keeps of who holds its key. */
export async function keepHolder(tx: TenantTransaction, id: string, holder: object): Promise<void> {
  await tx
    .updateTable('vms')
    .set({ holder: JSON.stringify(holder) })
    .where('id', '=', id)
    .execute();
}

export interface TakenReport extends Pick<CheckInRequest, 'machine' | 'report'> {
  /** The columns beside the report, by which lists are filtered. */
  readonly columns: {
    readonly protection: string;
    readonly applied_hash: string | null;
    readonly release: string | null;
    readonly addresses: string[];
  };
  readonly holder: object;
  readonly clockDifferenceMs: number;
  readonly now: Date;
}

/** It called: how it stands is known, and that it is there. */
export async function keepReport(tx: TenantTransaction, id: string, taken: TakenReport): Promise<void> {
  const { columns, holder, machine, report, clockDifferenceMs, now } = taken;
  await tx
    .updateTable('vms')
    .set({
      ...columns,
      last_seen_at: now,
      stopped_at: null,
      clock_difference_ms: clockDifferenceMs,
      holder: JSON.stringify(holder),
      machine: JSON.stringify(machine),
      report: JSON.stringify(report),
      release_created_at: report.patterns.createdAt === null ? null : new Date(report.patterns.createdAt),
    })
    .where('id', '=', id)
    .execute();
}

/** It said that it would go. `gone` is added to what the link keeps of who holds its key. */
export async function markStopped(tx: TenantTransaction, id: string, gone: string | null, now: Date): Promise<void> {
  const holder = sql<string>`holder || ${JSON.stringify({ gone })}::jsonb`;
  await tx.updateTable('vms').set({ stopped_at: now, holder }).where('id', '=', id).execute();
}

export async function markRetired(tx: TenantTransaction, id: string, now: Date): Promise<void> {
  await tx.updateTable('vms').set({ membership: 'retired', retired_at: now }).where('id', '=', id).execute();
}

/** Resolves to those that nobody has knocked at since `before`: of several managers one gets each. */
export async function claimToKnock(
  tx: TenantTransaction,
  tenantId: string,
  ids: readonly string[],
  { now, before }: { readonly now: Date; readonly before: Date },
): Promise<ReadonlySet<string>> {
  const claimed = await tx
    .updateTable('vms')
    .set({ knocked_at: now })
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', ids)
    .where((build) => build.or([build('knocked_at', 'is', null), build('knocked_at', '<', before)]))
    .returning('id')
    .execute();
  return new Set(claimed.map(({ id }) => id));
}

/** Which of the vault's lists the picture of it was brought to. */
export async function keepVaultHash(tx: TenantTransaction, id: string, hash: string): Promise<void> {
  await tx.updateTable('vms').set({ vault_hash: hash }).where('id', '=', id).execute();
}
