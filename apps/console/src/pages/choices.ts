// SPDX-License-Identifier: Apache-2.0
// What a person can choose from: policies, groups, VMs.
import type { Named, PolicyRow, VmPage } from '@lazaret/contract';
import { useOne, type PageOf } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { hostileToText } from '../parts/hostile.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

const CHOICES_MAX = 500;

function toChoices(items: readonly Named[] | undefined): Choice[] {
  return (items ?? []).map(({ id, name }) => ({ value: id, label: hostileToText(name) }));
}

export function usePolicyChoices(): Choice[] {
  const path = useTenantPath();
  return toChoices(useOne<PageOf<PolicyRow>>('policies', path('/policies'), { limit: CHOICES_MAX }).data?.items);
}

export function useGroupChoices(): Choice[] {
  const path = useTenantPath();
  return toChoices(useOne<PageOf<Named>>('groups', path('/groups'), { limit: CHOICES_MAX }).data?.items);
}

/** The first VMs by what is typed: a select over ten thousand would be none. */
export function useVmChoices(q: string): Choice[] {
  const path = useTenantPath();
  return toChoices(useOne<VmPage>('vms', path('/vms'), { q, limit: 50 }).data?.items);
}
