// SPDX-License-Identifier: Apache-2.0
// The check-in: takes the report, and answers as soon as something is wanted of the VM, or when the wait is over. A wait holds no connection to the
// database. What two answers in a row say again does no harm: the agent knows what it has.
import type { CheckInAnswer, CheckInRequest, Holder } from '@lazaret/contract';
import { handOut } from '../commands/index.ts';
import { DESIRED_POLICY, type Database, type TenantTransaction } from '../database/index.ts';
import type { Authorities } from '../ca/index.ts';
import { noteCopy, readVmOrCopy, superseded, type Caller, type CallingVm } from './caller.ts';
import { decideHolder, decideSuperseded, isLetIn, isSettled, type HolderState } from './clone.ts';
import { offeredReleaseId } from './releases.ts';
import { takeReport } from './take-report.ts';
import { readTrust } from './trust.ts';
import type { WakeHub } from './wake-hub.ts';

export interface CheckInContext {
  readonly tx: TenantTransaction;
  readonly tenantId: string;
  readonly vmId: string;
  readonly now: Date;
}

/** What other features do when a VM has told how it stands, in the same transaction. */
export interface CheckInHook {
  readonly onCheckIn: (context: CheckInContext, request: CheckInRequest) => Promise<void>;
}

export interface CheckInParts {
  readonly database: Database;
  readonly authorities: Authorities;
  readonly hub: WakeHub;
  readonly managers: () => readonly string[];
  readonly nowMs: () => number;
  readonly hooks: readonly CheckInHook[];
}

const DAY_MS = 86_400_000;
/** A third of a certificate's life: the agent has a month to be seen. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

export async function checkIn(
  parts: CheckInParts,
  caller: Caller,
  request: CheckInRequest,
  signal: AbortSignal,
): Promise<CheckInAnswer> {
  const { tenantId, vmId } = caller;
  // Before the database is asked: what happens after that is heard.
  const wait = parts.hub.wait(tenantId, vmId, request.waitMs, signal);
  try {
    const first = await answerOnce(parts, caller, request, true);
    if (request.waitMs === 0 || isNews(first, request)) return first;
    if (!(await wait.woken)) return { ...first, serverTime: new Date(parts.nowMs()).toISOString() };
    return await answerOnce(parts, caller, request, false);
  } finally {
    wait.end();
  }
}

function isNews(answer: CheckInAnswer, { have }: CheckInRequest): boolean {
  const { commands, trust, renew, clone, wantsVaultList, policyHash, state } = answer;
  if (commands.length > 0 || trust !== null || renew || clone || wantsVaultList || state === 'retired') return true;
  return policyHash !== null && policyHash !== have.policyHash;
}

function answerOnce(
  parts: CheckInParts,
  caller: Caller,
  request: CheckInRequest,
  withReport: boolean,
): Promise<CheckInAnswer> {
  const { tenantId, vmId } = caller;
  return parts.database.asTenant(tenantId, async (tx) => {
    const now = new Date(parts.nowMs());
    const vm = await readVmOrCopy(tx, caller, now);
    const context = { tx, tenantId, vmId, now };
    const known = await readHolder(tx, vmId, request.holder);
    const decision = vm.isSuperseded
      ? decideSuperseded(known, request.holder)
      : decideHolder(known, request.holder, Date.parse(request.time), now.getTime());
    if (decision === null) throw superseded();
    const isCopied = decision.kind === 'clone' || decision.isBack;
    if (isCopied) await noteCopy(tx, caller, { name: vm.name, addresses: request.machine.addresses }, now);
    const holding = { ...vm, isCopied: vm.isCopied || isCopied, holder: decision.next };
    if (decision.kind === 'clone') {
      await keepHolder(tx, vmId, decision.next);
      return { ...(await answerNothing(parts, context, request)), state: 'pending', clone: true };
    }
    if (!isLetIn(decision.next, request.holder.instance, holding.isCopied, now.getTime())) {
      await keepHolder(tx, vmId, decision.next);
      return { ...(await answerNothing(parts, context, request)), state: vm.membership };
    }
    if (withReport) {
      await takeReport(tx, { tenantId, vmId, now, holder: decision.next }, request);
      for (const hook of parts.hooks) await hook.onCheckIn(context, request);
    }
    return await answerHolder(parts, context, holding, request);
  });
}

async function readHolder(tx: TenantTransaction, vmId: string, caller: Holder): Promise<HolderState> {
  const { holder } = await tx
    .selectFrom('vms')
    .select('holder')
    .where('id', '=', vmId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return (holder as HolderState | null) ?? { ...caller, earlier: [], clones: {} };
}

async function keepHolder(tx: TenantTransaction, vmId: string, holder: HolderState): Promise<void> {
  await tx
    .updateTable('vms')
    .set({ holder: JSON.stringify(holder) })
    .where('id', '=', vmId)
    .execute();
}

/** A copy gets nothing but the word that it is one; who may be one waits, and goes on with what it has. */
async function answerNothing(
  parts: CheckInParts,
  { now }: CheckInContext,
  request: CheckInRequest,
): Promise<CheckInAnswer> {
  return {
    ...(await answerCommon(parts, now, request)),
    policyHash: null,
    release: null,
    commands: [],
    renew: false,
    wantsVaultList: false,
    state: 'active',
    clone: false,
  };
}

async function answerCommon(parts: CheckInParts, now: Date, { time, have }: CheckInRequest) {
  const trust = await readTrust(parts.authorities, parts.managers());
  return {
    serverTime: now.toISOString(),
    clockDifferenceMs: Date.parse(time) - now.getTime(),
    trust: trust.hash === have.trustHash ? null : trust,
  };
}

async function answerHolder(
  parts: CheckInParts,
  { tx, tenantId, vmId, now }: CheckInContext,
  vm: CallingVm,
  request: CheckInRequest,
): Promise<CheckInAnswer> {
  const row = await tx
    .selectFrom('vms')
    .innerJoin('policies', (join) =>
      join.onRef('policies.tenant_id', '=', 'vms.tenant_id').on('policies.id', '=', DESIRED_POLICY),
    )
    .select(['policies.hash', 'vms.vault_hash'])
    .where('vms.id', '=', vmId)
    .executeTakeFirst();
  const isActive = vm.membership === 'active';
  return {
    ...(await answerCommon(parts, now, request)),
    policyHash: row?.hash ?? null,
    release: await offeredReleaseId(tx, tenantId, isActive),
    // SY-10b: a copy that nobody accepted is protected, and told nothing of the tenant.
    commands: isActive ? [...(await handOut(tx, { tenantId, vmId, now }, request.have.commands))] : [],
    renew: await mayRenew(parts.authorities, vm, request.holder.instance, now),
    wantsVaultList: isActive && row?.vault_hash !== request.report.vault.hash,
    state: vm.membership,
    clone: false,
  };
}

/** Asked for, and granted, to the holder alone: near the certificate's end, when its authority was replaced since, or when a copy of it was seen. */
export async function mayRenew(authorities: Authorities, vm: CallingVm, instance: string, now: Date): Promise<boolean> {
  if (vm.holder === null || !isSettled(vm.holder, instance, now.getTime())) return false;
  if (vm.isCopied) return true;
  if (vm.certificateNotAfter.getTime() - now.getTime() < RENEW_BEFORE_MS) return true;
  const active = await authorities.active();
  return vm.certificateIssuedAt < active.since;
}
