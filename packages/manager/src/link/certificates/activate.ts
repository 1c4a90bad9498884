// SPDX-License-Identifier: Apache-2.0
// Activation (MG-1): an enrolment token becomes a VM with a certificate. What was refused is kept, too: who adds a VM sees why it does not appear.
import { CLOCK_REFUSED_MS, type ActivateAnswer, type ActivateRequest } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { audit } from '../../audit/index.ts';
import { signAgentRequest, type Authorities } from '../../ca/index.ts';
import { notifyLive, type Database, type TenantTransaction } from '../../database/index.ts';
import { isSecretOf, takeToken } from '../../enrolment/index.ts';
import { addVm } from '../../vms/index.ts';
import { storeCertificate } from './certificates.ts';
import { readTrust } from './trust.ts';

export interface ActivateParts {
  readonly database: Database;
  readonly authorities: Authorities;
  readonly managers: () => readonly string[];
  readonly nowMs: () => number;
  readonly newId: () => string;
}

export async function activateVm(parts: ActivateParts, request: ActivateRequest): Promise<ActivateAnswer> {
  const { database, nowMs, newId } = parts;
  const attempt = newId();
  const startedAt = new Date(nowMs());
  try {
    return await database.asTenant(request.tenantId, (tx) => activateIn(tx, parts, request, { attempt, startedAt }));
  } catch (error) {
    if (error instanceof LazaretError) await recordRefusal(parts, request, { attempt, startedAt }, error);
    throw error;
  }
}

interface Attempt {
  readonly attempt: string;
  readonly startedAt: Date;
}

async function activateIn(
  tx: TenantTransaction,
  parts: ActivateParts,
  request: ActivateRequest,
  { attempt, startedAt }: Attempt,
): Promise<ActivateAnswer> {
  const { tenantId, tokenId } = request;
  const token = await takeToken(tx, request, startedAt);
  const clockDifferenceMs = Date.parse(request.time) - startedAt.getTime();
  refuseClock(clockDifferenceMs);
  const vmId = parts.newId();
  const issued = await signAgentRequest(
    await parts.authorities.active(),
    request.certificateRequest,
    { tenantId, vmId },
    startedAt.getTime(),
  );
  await addVm(tx, {
    tenantId,
    id: vmId,
    name: request.name,
    groupId: token.group_id,
    policyId: token.policy_id,
    membership: 'active',
    enrolmentTokenId: tokenId,
    cloneOf: null,
    clockDifferenceMs,
    holder: holderState(request.holder),
    machine: request.machine,
    now: startedAt,
  });
  await storeCertificate(tx, { tenantId, vmId, issued, now: startedAt });
  await tx
    .insertInto('enrolment_attempts')
    .values({ ...attemptRow(request, { attempt, startedAt }), vm_id: vmId, error_code: null, error_message: null })
    .execute();
  const actor = { kind: 'agent', id: vmId, name: request.name } as const;
  await audit(tx, {
    actor,
    action: 'vms.activate',
    subject: `vm:${vmId}`,
    after: { name: request.name, token: tokenId },
  });
  await notifyLive(tx, tenantId, 'vms', vmId);
  const trust = await readTrust(parts.authorities, parts.managers());
  return {
    vmId,
    tenantId,
    certificate: issued.certificate,
    trust,
    serverTime: startedAt.toISOString(),
    clockDifferenceMs,
  };
}

/** What is kept of who holds a key: see clone.ts. */
export function holderState(holder: ActivateRequest['holder']): object {
  // A command may have activated it, and the agent follows.
  return { ...holder, earlier: [], clones: {}, gone: holder.instance };
}

/** SY-6a: said by how much, and in which direction. */
function refuseClock(differenceMs: number): void {
  if (Math.abs(differenceMs) <= CLOCK_REFUSED_MS) return;
  const hours = Math.round(Math.abs(differenceMs) / 3_600_000);
  const by = `${Math.floor(hours / 24)} days and ${hours % 24} hours`;
  const direction = differenceMs > 0 ? 'ahead of' : 'behind';
  throw new LazaretError(
    'link.clock',
    `The clock of the VM is ${by} ${direction} the manager's. At most one day is allowed.`,
  );
}

function attemptRow({ tenantId, tokenId, name }: ActivateRequest, { attempt, startedAt }: Attempt) {
  return { tenant_id: tenantId, id: attempt, token_id: tokenId, name, started_at: startedAt };
}

/** Only of a token that exists: strangers fill no table. */
async function recordRefusal(
  { database }: ActivateParts,
  request: ActivateRequest,
  attempt: Attempt,
  error: LazaretError,
): Promise<void> {
  await database.asTenant(request.tenantId, async (tx) => {
    const token = await tx
      .selectFrom('enrolment_tokens')
      .select('secret_hash')
      .where('id', '=', request.tokenId)
      .executeTakeFirst();
    if (token === undefined || !isSecretOf(token, request.secret)) return;
    await tx
      .insertInto('enrolment_attempts')
      .values({ ...attemptRow(request, attempt), vm_id: null, error_code: error.code, error_message: error.message })
      .execute();
    await notifyLive(tx, request.tenantId, 'vms');
  });
}
