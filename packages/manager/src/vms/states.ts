// SPDX-License-Identifier: Apache-2.0
// The three facts of a VM – link, protection, settings – as SQL, so that the list, its filter and its counts agree. `now` is the manager's clock.
import { sql, type RawBuilder } from 'kysely';
import type { LinkState, SettingsState } from '@lazaret/contract';
import { ALARM_LIMITS } from '@lazaret/core';

export function linkState(now: Date): RawBuilder<LinkState> {
  const silentSince = new Date(now.getTime() - ALARM_LIMITS.offlineMs);
  return sql<LinkState>`case
    when vms.membership = 'retired' then 'retired'
    when vms.membership = 'pending' then 'pending'
    when vms.last_seen_at is null then 'never-activated'
    when vms.stopped_at is not null or vms.last_seen_at <= ${silentSince} then 'offline'
    else 'online' end`;
}

/** Over `vms` joined with the `policies` row that it is to have. */
export function settingsState(now: Date): RawBuilder<SettingsState> {
  const lateSince = new Date(now.getTime() - ALARM_LIMITS.policyLateMs);
  return sql<SettingsState>`case
    when vms.applied_hash is null then 'unknown'
    when vms.applied_hash = policies.hash then 'applied'
    when greatest(vms.policy_since, policies.updated_at) > ${lateSince} then 'applying'
    else 'not-applied' end`;
}
