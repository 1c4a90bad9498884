// SPDX-License-Identifier: Apache-2.0
// API tokens: shown once, with the rights that they have.
import type { ApiToken } from '@lazaret/contract';
import { Group, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTenantPath } from '../api/session.ts';
import { ConfirmRemoval } from '../parts/dialogs/confirm.tsx';
import { DialogButton } from '../parts/dialogs/dialog-button.tsx';
import type { Column } from '../parts/lists/data-table.tsx';
import { ListTable } from '../parts/lists/list-table.tsx';
import { Empty } from '../parts/notes.tsx';
import { RowButton } from '../parts/right-button.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Name } from '../parts/text/name.tsx';
import { AddToken, useRightText } from './add-token.tsx';

export function TokenSettings() {
  const { t } = useTranslation();
  const path = useTenantPath()('/tokens');
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  return (
    <Stack gap="md">
      <Group>
        <DialogButton right="tokens.write" dialog={(close) => <AddToken onClose={close} />}>
          {t('tokens.add')}
        </DialogButton>
      </Group>
      <ListTable
        resource="tokens"
        path={path}
        label={t('settings.tabs.tokens')}
        columns={useTokenColumns(setRevoking)}
        empty={<Empty title={t('tokens.none')}>{t('tokens.noneAdvice')}</Empty>}
      />
      {revoking !== null && (
        <ConfirmRemoval
          title={t('tokens.revokeTitle', { name: revoking.name })}
          consequence={t('tokens.revokeConsequence')}
          verb={t('tokens.revoke')}
          path={`${path}/${revoking.id}`}
          forgets={['tokens']}
          onClose={() => setRevoking(null)}
        />
      )}
    </Stack>
  );
}

function useTokenColumns(revoke: (token: ApiToken) => void): readonly Column<ApiToken>[] {
  const { t } = useTranslation();
  const rightText = useRightText();
  return useMemo(
    () => [
      { id: 'name', header: t('tokens.name'), cell: (row) => <Name text={row.name} /> },
      { id: 'rights', header: t('tokens.rights'), cell: (row) => row.rights.map(rightText).join(t('common.listGlue')) },
      { id: 'by', header: t('exceptions.author'), cell: (row) => <Name text={row.createdBy} /> },
      { id: 'used', header: t('tokens.used'), cell: (row) => <Moment at={row.lastUsedAt} as="relative" /> },
      { id: 'expires', header: t('exceptions.expires'), cell: (row) => <Moment at={row.expiresAt} /> },
      {
        id: 'revoke',
        header: t('scans.actions'),
        cell: (row) => (
          <RowButton right="tokens.write" color="bad" onClick={() => revoke(row)}>
            {t('tokens.revoke')}
          </RowButton>
        ),
      },
    ],
    [t, rightText, revoke],
  );
}
