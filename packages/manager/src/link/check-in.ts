// SPDX-License-Identifier: Apache-2.0
// The check-in: takes the report, and answers as soon as something is wanted of the VM, or when the wait is over. A wait holds no connection to the
// database. What two answers in a row say again does no harm: the agent knows what it has.
import type { CheckInAnswer, CheckInRequest, Holder } from '@lazaret/contract';
import { handOut, reopenSince } from '../commands/index.ts';
import { DESIRED_POLICY, notify, type Database, type TenantTransaction } from '../database/index.ts';
import type { Authorities } from '../ca/index.ts';
import { keepHolder } from '../vms/index.ts';
import { noteCopy, readVmOrCopy, superseded, type Caller, type CallingVm } from './caller.ts';
import {
  decideHolder,
  decideSuperseded,
  doubtLeftMs,
  type HolderDecision,
  type HolderState,
  isEntrusted,
  isLetIn,
  isSettled,
} from './clones/clone.ts';
import { isNews } from './clones/news.ts';
import { offeredReleaseId } from './releases.ts';
import { isRenewalDue } from './certificates/renewal.ts';
import { takeReport } from './take-report.ts';
import { readTrust } from './certificates/trust.ts';
import type { Wait, WakeHub } from './knock/wake-hub.ts';

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
    const { answer, doubtLeftMs, callAgainMs } = await answerOnce(parts, caller, request, true);
    if (request.waitMs === 0 || isNews(answer, request)) return answer;
    // When doubt is over there may be orders. Who is to call again has to say another time than in this request.
    const briefMs = callAgainMs > 0 ? callAgainMs : doubtLeftMs;
    const woken = briefMs > 0 && briefMs < request.waitMs ? await waitBriefly(wait, briefMs) : await wait.woken;
    if (woken ?? callAgainMs === 0) return (await answerOnce(parts, caller, request, !answer.entrusted)).answer;
    return { ...answer, serverTime: new Date(parts.nowMs()).toISOString() };
  } finally {
    wait.end();
  }
}

/** Until it is woken, or the caller has gone; null when `ms` are over before that. */
async function waitBriefly({ woken }: Wait, ms: number): Promise<boolean | null> {
  const over = Promise.withResolvers<null>();
  const timer = setTimeout(() => over.resolve(null), ms);
  const first = await Promise.race([woken, over.promise]);
  clearTimeout(timer);
  return first;
}

interface Answered {
  readonly answer: CheckInAnswer;
  /** 0: it is entrusted, or does not become so by waiting. */
  readonly doubtLeftMs: number;
  /** Over 0: the caller may prove something by calling again then. */
  readonly callAgainMs: number;
}

function answerOnce(
  parts: CheckInParts,
  caller: Caller,
  request: CheckInRequest,
  withReport: boolean,
): Promise<Answered> {
  const { tenantId, vmId } = caller;
  return parts.database.asTenant(tenantId, async (tx) => {
    const now = new Date(parts.nowMs());
    const vm = await readVmOrCopy(tx, caller, now);
    const context = { tx, tenantId, vmId, now };
    const decision = await decideCaller(context, vm, request);
    const isCopied = decision.kind === 'clone' || (decision.kind === 'holder' && decision.isBack);
    if (isCopied) await noteCopy(tx, caller, { name: vm.name, addresses: request.machine.addresses }, now);
    await keepHolder(tx, vmId, decision.next);
    if (decision.kind !== 'holder') {
      const nothing = await answerNothing(parts, context, request);
      const told = { clone: { state: 'pending', clone: true }, double: { takeNewInstance: true }, late: {} } as const;
      return { answer: { ...nothing, state: vm.membership, ...told[decision.kind] }, doubtLeftMs: 0, callAgainMs: 0 };
    }
    const since = new Date(decision.next.followedAtMs ?? now);
    if (decision.isBack) await reopenSince(tx, { vmId, since, now }, request.have.commands);
    // Whoever else calls as this VM is to show itself, or to be told that it is a copy.
    if (decision.isBack || decision.isInDoubt) await wake(tx, tenantId, vmId);
    const holding = { ...vm, isCopied: vm.isCopied || isCopied, holder: decision.next };
    const answered = await answerCaller(parts, context, holding, request, withReport);
    return { ...answered, callAgainMs: decision.callAgainMs };
  });
}

async function decideCaller(
  { tx, vmId, now }: CheckInContext,
  vm: CallingVm,
  { holder: caller, mark, time }: CheckInRequest,
): Promise<HolderDecision> {
  const { holder: known, seenAtMs } = await readHolder(tx, vmId, caller);
  const call = { caller, mark, saidAtMs: Date.parse(time), nowMs: now.getTime(), seenAtMs };
  const decision = vm.isSuperseded ? decideSuperseded(known, caller) : decideHolder(known, call);
  if (decision === null) throw superseded();
  return decision;
}

async function answerCaller(
  parts: CheckInParts,
  context: CheckInContext,
  vm: CallingVm & { readonly holder: HolderState },
  request: CheckInRequest,
  withReport: boolean,
): Promise<Omit<Answered, 'callAgainMs'>> {
  const { tx, tenantId, vmId, now } = context;
  const { instance } = request.holder;
  const markTaken = request.mark !== null && vm.holder.mark?.now.lot === request.mark.to.lot;
  const at = [vm.holder, instance, vm.isCopied, now.getTime()] as const;
  if (!isLetIn(...at)) {
    const nothing = await answerNothing(parts, context, request);
    return { answer: { ...nothing, state: vm.membership, markTaken }, doubtLeftMs: 0 };
  }
  const entrusted = isEntrusted(...at);
  if (withReport && entrusted) {
    await takeReport(tx, { tenantId, vmId, now, holder: vm.holder }, request);
    for (const hook of parts.hooks) await hook.onCheckIn(context, request);
  }
  const answer = await answerHolder(parts, context, { vm, entrusted }, request);
  return { answer: { ...answer, markTaken }, doubtLeftMs: doubtLeftMs(vm.holder, instance, now.getTime()) };
}

async function readHolder(tx: TenantTransaction, vmId: string, caller: Holder) {
  const { holder, last_seen_at } = await tx
    .selectFrom('vms')
    .select(['holder', 'last_seen_at'])
    .where('id', '=', vmId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const known = (holder as HolderState | null) ?? { ...caller, earlier: [], clones: {} };
  return { holder: known, seenAtMs: last_seen_at?.getTime() ?? 0 };
}

/** Wakes the long polls of a VM, at whatever manager they are. */
async function wake(tx: TenantTransaction, tenantId: string, vmId: string): Promise<void> {
  await notify(tx, 'lazaret_vm', `${tenantId} ${vmId}`);
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
    entrusted: false,
    markTaken: false,
    takeNewInstance: false,
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
  { vm, entrusted }: { readonly vm: CallingVm; readonly entrusted: boolean },
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
  const isProven = entrusted && (request.mark !== null || vm.holder?.mark === undefined);
  return {
    ...(await answerCommon(parts, now, request)),
    policyHash: row?.hash ?? null,
    release: await offeredReleaseId(tx, tenantId, isActive),
    // SY-10b: a copy that nobody accepted is protected, and told nothing of the tenant. An order goes to who shows the mark, not to who knows the instance.
    commands: isActive && isProven ? [...(await handOut(tx, { tenantId, vmId, now }, request.have.commands))] : [],
    renew: isProven && (await mayRenew(parts.authorities, vm, request.holder.instance, now)),
    wantsVaultList: isActive && entrusted && row?.vault_hash !== request.report.vault.hash,
    state: vm.membership,
    clone: false,
    entrusted,
    markTaken: false,
    takeNewInstance: false,
  };
}

/** Asked for, and granted, to the holder alone. */
export async function mayRenew(authorities: Authorities, vm: CallingVm, instance: string, now: Date): Promise<boolean> {
  if (vm.holder === null || !isSettled(vm.holder, instance, now.getTime())) return false;
  const { since } = await authorities.active();
  return isRenewalDue(vm, since, now);
}
