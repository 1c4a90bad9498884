// SPDX-License-Identifier: Apache-2.0
// What a person can choose from: policies, groups, VMs.
import type { Named, PolicyRow, VmPage } from '@lazaret/contract';
import { useTranslation } from 'react-i18next';
import { useOne, type PageOf } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { hostileToText } from '../parts/text/hostile.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

const CHOICES_MAX = 500;

function toChoices(items: readonly Named[] | undefined): Choice[] {
  return (items ?? []).map(({ id, name }) => ({ value: id, label: hostileToText(name) }));
}

export function usePolicyChoices(): Choice[] {
  const { t } = useTranslation();
  const path = useTenantPath();
  const page = useOne<PageOf<PolicyRow>>('policies', path('/policies'), { limit: CHOICES_MAX }).data;
  return policyChoices(page?.items ?? [], t('policies.isDefault'));
}

/** The tenant's default says so and stands first: what is chosen where nobody chose. */
export function policyChoices(rows: readonly Pick<PolicyRow, 'id' | 'name' | 'isDefault'>[], mark: string): Choice[] {
  return rows
    .toSorted((left, right) => Number(right.isDefault) - Number(left.isDefault))
    .map(({ id, name, isDefault }) => ({
      value: id,
      label: isDefault ? `${hostileToText(name)} (${mark})` : hostileToText(name),
    }));
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
