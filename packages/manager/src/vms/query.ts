// SPDX-License-Identifier: Apache-2.0
// Reads VMs as rows: everything that list and detail show, and how lists are filtered, counted and split into pages.
import type { VmPage } from '@lazaret/contract';
import { LINK_STATES, PROTECTION_STATES, SETTINGS_STATES, type vmListQuerySchema } from '@lazaret/contract';
import { sql } from 'kysely';
import type { z } from 'zod';
import { containing, DESIRED_POLICY, type TenantTransaction } from '../database/index.ts';
import { linkState, settingsState } from './states.ts';

export type VmListQuery = z.output<typeof vmListQuerySchema>;

/** VMs with the policy that they are to have, and their group. */
export function vmsWithPolicy(tx: TenantTransaction) {
  return tx
    .selectFrom('vms')
    .innerJoin('policies', (join) =>
      join.onRef('policies.tenant_id', '=', 'vms.tenant_id').on('policies.id', '=', DESIRED_POLICY),
    )
    .leftJoin('groups', (join) =>
      join.onRef('groups.tenant_id', '=', 'vms.tenant_id').onRef('groups.id', '=', 'vms.group_id'),
    );
}

/** With what a row of the list shows. */
export function vmRows(tx: TenantTransaction, now: Date) {
  return vmsWithPolicy(tx)
    .selectAll('vms')
    .select([
      'groups.name as group_name',
      'policies.id as desired_id',
      'policies.name as desired_name',
      'policies.revision as desired_revision',
      'policies.hash as desired_hash',
      linkState(now).as('link_state'),
      settingsState(now).as('settings_state'),
      sql<number | null>`(select max(r.revision) from lazaret.policy_revisions r
        where r.tenant_id = vms.tenant_id and r.policy_id = policies.id and r.hash = vms.applied_hash)`.as(
        'applied_revision',
      ),
      sql<string[]>`array(select a.kind from lazaret.alarms a
        where a.tenant_id = vms.tenant_id and a.vm_id = vms.id and a.cleared_at is null order by a.kind)`.as(
        'alarm_kinds',
      ),
      sql<string | null>`(select s.id from lazaret.scans s where s.tenant_id = vms.tenant_id and s.vm_id = vms.id
        and s.state in ('queued', 'running', 'paused') order by s.since, s.id limit 1)`.as('running_scan'),
      sql<LastScan | null>`(select jsonb_build_object('id', s.id, 'endedAt', s.ended_at, 'state', s.state, 'summary', s.summary)
        from lazaret.scans s where s.tenant_id = vms.tenant_id and s.vm_id = vms.id and s.summary is not null
        order by s.since desc, s.id desc limit 1)`.as('last_scan'),
    ]);
}

export interface LastScan {
  readonly id: string;
  readonly endedAt: string;
  readonly state: string;
  readonly summary: { readonly coverage: { readonly lookedAt: number; readonly all: number } } | null;
}

export type VmRowRead = Awaited<ReturnType<ReturnType<typeof vmRows>['execute']>>[number];

type Filter = Omit<VmListQuery, 'limit' | 'cursor' | 'sort'>;

/** `states`: also by the three facts; without, the counts of each fact can be shown beside the filter. */
export function filterSql(
  { state, protection, settings, policy, group, alarm, release, q }: Filter,
  now: Date,
  states: boolean,
) {
  const conditions = [sql<boolean>`true`];
  // Retired VMs are history: they are seen when they are asked for.
  if (state === undefined && states) conditions.push(sql<boolean>`vms.membership <> 'retired'`);
  if (states && state !== undefined) conditions.push(sql<boolean>`${linkState(now)} = ${state}`);
  if (states && protection !== undefined) conditions.push(sql<boolean>`vms.protection = ${protection}`);
  if (states && settings !== undefined) conditions.push(sql<boolean>`${settingsState(now)} = ${settings}`);
  if (policy !== undefined) conditions.push(sql<boolean>`policies.id = ${policy}`);
  if (group !== undefined) conditions.push(sql<boolean>`vms.group_id = ${group}`);
  if (release !== undefined) conditions.push(sql<boolean>`vms.release = ${release}`);
  if (alarm !== undefined)
    conditions.push(sql<boolean>`exists (select from lazaret.alarms a where a.tenant_id = vms.tenant_id
      and a.vm_id = vms.id and a.kind = ${alarm} and a.cleared_at is null)`);
  if (q !== undefined) {
    const like = containing(q);
    conditions.push(
      sql<boolean>`(lower(vms.name) like ${like} or lower(array_to_string(vms.addresses, ' ')) like ${like})`,
    );
  }
  return sql.join(conditions, sql` and `);
}

/** How many VMs stand how, by the filter without the three facts themselves. */
export async function countStates(tx: TenantTransaction, filter: Filter, now: Date): Promise<VmPage['counts']> {
  const rows = await vmsWithPolicy(tx)
    .select([
      linkState(now).as('link'),
      sql<string>`vms.protection`.as('protection'),
      settingsState(now).as('settings'),
      sql<string>`count(*)`.as('count'),
    ])
    .where(filterSql(filter, now, false) as never)
    .groupBy(sql`1, 2, 3` as never)
    .execute();
  const counts = {
    link: zeroOf(LINK_STATES),
    protection: zeroOf(PROTECTION_STATES),
    settings: zeroOf(SETTINGS_STATES),
  };
  for (const { link, protection, settings, count } of rows) {
    counts.link[link] += Number(count);
    if (link === 'retired') continue;
    counts.protection[
      (PROTECTION_STATES as readonly string[]).includes(protection) ? (protection as 'unknown') : 'unknown'
    ] += Number(count);
    counts.settings[settings] += Number(count);
  }
  return counts;
}

function zeroOf<T extends string>(states: readonly T[]): Record<T, number> {
  return Object.fromEntries(states.map((state) => [state, 0])) as Record<T, number>;
}

const SORT_COLUMNS = {
  name: sql`lower(vms.name)`,
  lastSeenAt: sql`coalesce(vms.last_seen_at, '-infinity')`,
  createdAt: sql`vms.created_at`,
} as const;

/** The order of a list, and the key of a row in it, for its cursor. */
export function sortOf(sort: VmListQuery['sort']) {
  const descending = sort.startsWith('-');
  const name = (descending ? sort.slice(1) : sort) as keyof typeof SORT_COLUMNS;
  const column = SORT_COLUMNS[name];
  const direction = descending ? sql`desc` : sql`asc`;
  return {
    order: sql`${column} ${direction}, vms.id ${direction}`,
    behind: ([key, id]: readonly [string, string]) => {
      const value = name === 'name' ? sql`${key}` : sql`${key}::timestamptz`;
      const compare = descending ? sql`<` : sql`>`;
      return sql<boolean>`(${column}, vms.id) ${compare} (${value}, ${id}::uuid)`;
    },
    keyOf: (row: VmRowRead): readonly [string, string] => {
      if (name === 'name') return [row.name.toLowerCase(), row.id];
      const date = name === 'createdAt' ? row.created_at : row.last_seen_at;
      return [date?.toISOString() ?? '-infinity', row.id];
    },
  };
}
