// SPDX-License-Identifier: Apache-2.0
// All policies: on how many VMs each is in force, of how many.
import type { PolicyRow } from '@lazaret/contract';
import { Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { TextLink } from '../../app/links.tsx';
import { DialogButton } from '../../parts/dialogs/dialog-button.tsx';
import type { Column } from '../../parts/lists/data-table.tsx';
import { ListTable } from '../../parts/lists/list-table.tsx';
import { Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { ToneMark } from '../../parts/state-mark.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Name } from '../../parts/text/name.tsx';
import { PolicyApplied } from '../../policy/applied.tsx';
import { AddPolicy } from './add-policy.tsx';

export function PoliciesPage() {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const navigate = useNavigate();
  const path = useTenantPath()('/policies');
  return (
    <Page
      title={t('nav.policies')}
      actions={
        <DialogButton right="policies.write" dialog={(close) => <AddPolicy onClose={close} />}>
          {t('policies.add')}
        </DialogButton>
      }
    >
      <ListTable
        resource="policies"
        path={path}
        label={t('nav.policies')}
        columns={usePolicyColumns()}
        onOpen={(row) => void navigate({ to: '/t/$tenant/policies/$id', params: { tenant, id: row.id } })}
        empty={<Empty title={t('policies.none')}>{t('policies.noneAdvice')}</Empty>}
      />
    </Page>
  );
}

function usePolicyColumns(): readonly Column<PolicyRow>[] {
  const { t } = useTranslation();
  const tenant = useTenantId();
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('policies.name'),
        cell: (row) => (
          <Group gap="sm" wrap="nowrap">
            <TextLink to="/t/$tenant/policies/$id" params={{ tenant, id: row.id }}>
              <Name text={row.name} />
            </TextLink>
            {row.isDefault && <ToneMark tone="neutral">{t('policies.isDefault')}</ToneMark>}
          </Group>
        ),
      },
      { id: 'revision', header: t('policies.revision'), cell: (row) => row.revision },
      { id: 'applied', header: t('policies.applied'), cell: (row) => <PolicyApplied policyId={row.id} /> },
      {
        id: 'groups',
        header: t('policies.groups'),
        cell: (row) => <Name text={row.groups.map(({ name }) => name).join(', ')} />,
      },
      { id: 'changed', header: t('policies.changed'), cell: (row) => <Moment at={row.updatedAt} as="relative" /> },
    ],
    [t, tenant],
  );
}
