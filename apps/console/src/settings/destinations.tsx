// SPDX-License-Identifier: Apache-2.0
// Everything that anything is sent to, who set it, and what is sent there (MG-7).
import type { Destination } from '@lazaret/contract';
import { Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useOne } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import type { Column } from '../parts/lists/data-table.tsx';
import { WholeTable } from '../parts/lists/list-table.tsx';
import { Answer, Empty } from '../parts/notes.tsx';
import { Name } from '../parts/text/name.tsx';

export function DestinationSettings() {
  const { t, i18n } = useTranslation();
  const path = useTenantPath()('/settings/destinations');
  const query = useOne<{ readonly destinations: readonly Destination[] }>('settings', path);
  const columns = useMemo(
    (): readonly Column<Destination>[] => [
      { id: 'kind', header: t('destinations.kind'), cell: (row) => t(`destinations.kinds.${row.kind}`) },
      { id: 'address', header: t('destinations.address'), cell: (row) => <Name text={row.address} /> },
      {
        id: 'sent',
        header: t('destinations.sent'),
        cell: (row) =>
          row.sent
            .map((word) =>
              i18n.exists(`destinations.words.${word}`) ? t(`destinations.words.${word}` as never) : word,
            )
            .join(t('common.listGlue')),
      },
      { id: 'by', header: t('destinations.setBy'), cell: (row) => t(`destinations.by.${row.setBy}`) },
    ],
    [t, i18n],
  );
  return (
    <Stack gap="md">
      <Text size="sm">{t('destinations.advice')}</Text>
      <Answer query={query}>
        {({ destinations }) => (
          <WholeTable
            label={t('settings.tabs.destinations')}
            columns={columns}
            rows={destinations}
            rowId={(row) => `${row.kind}-${row.address}`}
            empty={<Empty title={t('destinations.none')} />}
          />
        )}
      </Answer>
    </Stack>
  );
}
