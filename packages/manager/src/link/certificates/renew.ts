// SPDX-License-Identifier: Apache-2.0
// A new certificate: for the same VM before the old one ends, or for a copy that gets an identity of its own and waits to be accepted (SY-10b).
import { LINK_LIMITS, type RenewAnswer, type RenewRequest } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { audit } from '../../audit/index.ts';
import { signAgentRequest } from '../../ca/index.ts';
import { notifyLive, type TenantTransaction } from '../../database/index.ts';
import { addVm, keepHolder } from '../../vms/index.ts';
import { holderState, type ActivateParts } from './activate.ts';
import { readCallingVm, readVmOrCopy, type Caller, type CallingVm } from '../caller.ts';
import { storeCertificate } from './certificates.ts';
import { mayRenew } from '../check-in.ts';
import type { HolderState } from '../clones/clone.ts';
import { readTrust } from './trust.ts';

export async function renewCertificate(
  parts: ActivateParts,
  caller: Caller,
  request: RenewRequest,
): Promise<RenewAnswer> {
  const { tenantId } = caller;
  // Who asks stands in the header, too, by which it was let in.
  if (request.holder.instance !== caller.instance)
    throw new LazaretError('link.clone', 'The request comes from another start of the agent than the one it names.');
  return await parts.database.asTenant(tenantId, async (tx) => {
    const now = new Date(parts.nowMs());
    const vmId = request.clone
      ? await adoptClone(tx, parts, { caller, vm: await readVmOrCopy(tx, caller, now), request, now })
      : await requireDue(parts, await readCallingVm(tx, caller, now), request, now);
    const issued = await signAgentRequest(
      await parts.authorities.active(),
      request.certificateRequest,
      { tenantId, vmId },
      now.getTime(),
    );
    await storeCertificate(tx, { tenantId, vmId, issued, now });
    return { vmId, certificate: issued.certificate, trust: await readTrust(parts.authorities, parts.managers()) };
  });
}

/** Whoever asks although nobody told it to may be somebody else with the same key. */
async function requireDue(parts: ActivateParts, vm: CallingVm, { holder }: RenewRequest, now: Date): Promise<string> {
  if (await mayRenew(parts.authorities, vm, holder.instance, now)) return vm.id;
  throw new LazaretError('link.clone', 'The manager did not ask this agent to renew its certificate.');
}

interface CloneAsks {
  readonly caller: Caller;
  readonly vm: CallingVm;
  readonly request: RenewRequest;
  readonly now: Date;
}

/** Somebody with a key must not fill the list of VMs. */
async function requireRoom(tx: TenantTransaction, vmId: string): Promise<void> {
  const waiting = await tx
    .selectFrom('vms')
    .select('id')
    .where('clone_of', '=', vmId)
    .where('membership', '=', 'pending')
    .limit(LINK_LIMITS.copiesMax)
    .execute();
  if (waiting.length >= LINK_LIMITS.copiesMax)
    throw new LazaretError('link.clone', 'Too many copies of this VM are waiting to be accepted or retired.');
}

/** The copy's own row. One that asks again, because the answer was lost, gets the same. */
async function adoptClone(
  tx: TenantTransaction,
  parts: ActivateParts,
  { caller, vm, request, now }: CloneAsks,
): Promise<string> {
  const { tenantId } = caller;
  const origin = await tx
    .selectFrom('vms')
    .select(['holder', 'name', 'group_id', 'policy_id'])
    .where('id', '=', vm.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const state = origin.holder as HolderState;
  const { instance } = request.holder;
  const known = state.clones[instance];
  if (known === undefined)
    throw new LazaretError('link.clone', 'The manager did not tell this agent that it is a copy.');
  if (known !== null) return known;
  await requireRoom(tx, vm.id);
  const id = parts.newId();
  const { machine } = request;
  await addVm(tx, {
    tenantId,
    id,
    name: `${machine.hostname || origin.name} (copy)`.slice(0, 253),
    groupId: origin.group_id,
    policyId: origin.policy_id,
    membership: 'pending',
    enrolmentTokenId: null,
    cloneOf: vm.id,
    clockDifferenceMs: null,
    holder: holderState(request.holder),
    machine,
    now,
  });
  await keepHolder(tx, vm.id, { ...state, clones: { ...state.clones, [instance]: id } });
  const actor = { kind: 'agent', id, name: origin.name } as const;
  await audit(tx, {
    actor,
    action: 'vms.clone',
    subject: `vm:${id}`,
    after: { cloneOf: vm.id, addresses: machine.addresses },
  });
  await notifyLive(tx, tenantId, 'vms', id);
  return id;
}
