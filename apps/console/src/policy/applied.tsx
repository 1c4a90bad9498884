// SPDX-License-Identifier: Apache-2.0
// On how many VMs a policy is in force, of how many: the counts of the VM list itself, so the number is its rows.
import type { VmPage } from '@lazaret/contract';
import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useOne } from '../api/list.ts';
import { useTenantId, useTenantPath } from '../api/session.ts';
import { TextLink } from '../app/links.tsx';
import { ToneIcon } from '../parts/icons.tsx';

interface PolicyVms {
  readonly total: number;
  readonly applied: number;
}

export function usePolicyVms(policyId: string): PolicyVms | null {
  const path = useTenantPath();
  const page = useOne<VmPage>('vms', path('/vms'), { policy: policyId, limit: 1 }).data;
  return page === undefined ? null : { total: page.total, applied: page.counts.settings.applied ?? 0 };
}

export function PolicyApplied({ policyId }: { readonly policyId: string }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const vms = usePolicyVms(policyId);
  if (vms === null) return <span>–</span>;
  const tone = vms.total === 0 ? 'neutral' : vms.applied === vms.total ? 'ok' : 'running';
  return (
    <Group gap={6} wrap="nowrap" data-tone={tone}>
      <ToneIcon tone={tone} />
      <TextLink to="/t/$tenant/vms" params={{ tenant }} search={{ policy: policyId } as never}>
        {t('policies.appliedOf', { applied: vms.applied, total: vms.total })}
      </TextLink>
    </Group>
  );
}
