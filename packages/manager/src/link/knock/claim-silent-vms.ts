// SPDX-License-Identifier: Apache-2.0
// Decides which VMs to knock at (SY-7): something waits for them, they have not checked in since that was noticed, and their stand-by port is open by their
// last report. Each is claimed in its row, so that only one manager knocks, and not too often.
import { BlockList, isIP } from 'node:net';
import { sql } from 'kysely';
import { DESIRED_POLICY, type TenantTransaction } from '../../database/index.ts';
import { claimToKnock } from '../../vms/index.ts';
import type { KnockTarget } from './knock.ts';

export interface Notice {
  /** Null: any VM of the tenant. */
  readonly vmId: string | null;
  readonly since: Date;
}

/** An agent that was knocked at calls at once; knocking again sooner would tell it nothing new. */
const AGAIN_MS = 15_000;
/** Of a tenant at once; those that were here last come first. */
const VMS_MAX = 500;
/** What a VM says of its addresses is its own word: no more of them than a machine has of use. */
const ADDRESSES_MAX = 8;

export async function claimSilentVms(
  tx: TenantTransaction,
  tenantId: string,
  notices: readonly Notice[],
  now: Date,
): Promise<readonly KnockTarget[]> {
  const silent = (await readWaiting(tx, notices, now)).filter(({ id, seenAt }) => isSilent(id, seenAt, notices));
  if (silent.length === 0) return [];
  const ids = await claimToKnock(
    tx,
    tenantId,
    silent.map(({ id }) => id),
    { now, before: before(now) },
  );
  return silent.flatMap(({ id, addresses, port }) => {
    const reachable = addresses.filter(isKnockable).slice(0, ADDRESSES_MAX);
    return ids.has(id) && reachable.length > 0 ? [{ vmId: id, addresses: reachable, port }] : [];
  });
}

interface WaitingVm {
  readonly id: string;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly seenAt: Date;
}

async function readWaiting(tx: TenantTransaction, notices: readonly Notice[], now: Date): Promise<WaitingVm[]> {
  const named = notices.flatMap(({ vmId }) => (vmId === null ? [] : [vmId]));
  let query = tx
    .selectFrom('vms')
    .leftJoin('policies', (join) =>
      join.onRef('policies.tenant_id', '=', 'vms.tenant_id').on('policies.id', '=', DESIRED_POLICY),
    )
    .select(['vms.id', 'vms.addresses', 'vms.last_seen_at'])
    .select(sql<number>`(vms.report #>> '{knock,port}')::integer`.as('port'))
    .where('vms.membership', '!=', 'retired')
    // Off by policy, or taken by another program: it told no port.
    .where(sql<boolean>`vms.report #>> '{knock,port}' is not null`)
    .where('vms.last_seen_at', 'is not', null)
    .where((build) => build.or([build('vms.knocked_at', 'is', null), build('vms.knocked_at', '<', before(now))]))
    .where((build) =>
      build.or([
        build.and([
          build('vms.membership', '=', 'active'),
          build.exists(
            build
              .selectFrom('commands')
              .select('commands.id')
              .whereRef('commands.vm_id', '=', 'vms.id')
              .where('commands.state', 'in', ['queued', 'sent'])
              .where('commands.expires_at', '>', now),
          ),
        ]),
        sql<boolean>`policies.hash is distinct from vms.applied_hash
          and policies.hash is distinct from vms.report #>> '{policy,refused,hash}'`,
      ]),
    )
    .orderBy('vms.last_seen_at', 'desc')
    .limit(VMS_MAX);
  if (named.length === notices.length) query = query.where('vms.id', 'in', named);
  const rows = await query.execute();
  return rows.flatMap(({ last_seen_at, ...row }) => (last_seen_at === null ? [] : [{ ...row, seenAt: last_seen_at }]));
}

function isSilent(id: string, seenAt: Date, notices: readonly Notice[]): boolean {
  return notices.some(({ vmId, since }) => (vmId === null || vmId === id) && seenAt < since);
}

function before(now: Date): Date {
  return new Date(now.getTime() - AGAIN_MS);
}

const never = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  never.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  never.addSubnet(network, bits, 'ipv6');

/** A VM cannot make the manager speak to the manager's own machine, to its neighbours by link, or to a name. */
export function isKnockable(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !never.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
