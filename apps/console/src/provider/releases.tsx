// SPDX-License-Identifier: Apache-2.0
// Pattern releases for all tenants: import from a directory, the ClamAV database of the manager's machine, our own rules, or files from this computer; then
// make one the release that agents are to have. Going back is the same step.
import type { PatternRelease } from '@lazaret/contract';
import { Group, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { formatBytes } from '../i18n/format.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { shortRelease } from '../pages/vms/vms.tsx';
import { Confirm } from '../parts/dialogs/confirm.tsx';
import { DialogButton } from '../parts/dialogs/dialog-button.tsx';
import type { Column } from '../parts/lists/data-table.tsx';
import { WholeTable } from '../parts/lists/list-table.tsx';
import { Answer, Empty } from '../parts/notes.tsx';
import { RowButton } from '../parts/right-button.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Name } from '../parts/text/name.tsx';
import { ImportRelease } from './import-release.tsx';

const PATH = '/provider/releases';

export function ProviderReleases() {
  const { t } = useTranslation();
  const forget = useForget();
  const query = useOne<{ readonly items: readonly PatternRelease[] }>('provider', PATH);
  const [activating, setActivating] = useState<PatternRelease | null>(null);
  const columns = useReleaseColumns(setActivating);
  return (
    <Stack gap="md">
      <Group>
        <DialogButton dialog={(close) => <ImportRelease path={PATH} onClose={close} />}>
          {t('releases.import')}
        </DialogButton>
      </Group>
      <Answer query={query}>
        {({ items }) => (
          <WholeTable
            label={t('patterns.releases')}
            columns={columns}
            rows={items}
            rowId={(row) => row.id}
            empty={<Empty title={t('patterns.none')}>{t('releases.noneAdvice')}</Empty>}
          />
        )}
      </Answer>
      {activating !== null && (
        <Confirm
          title={t('releases.activateTitle', { name: activating.label })}
          consequence={t('releases.activateConsequence')}
          verb={t('releases.activate')}
          destructive={false}
          onClose={() => setActivating(null)}
          onConfirm={async () => {
            await post(`${PATH}/${activating.id}/activate`);
            forget('provider', 'patterns', 'overview');
          }}
        />
      )}
    </Stack>
  );
}

function useReleaseColumns(activate: (release: PatternRelease) => void): readonly Column<PatternRelease>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return useMemo(
    () => [
      {
        id: 'release',
        header: t('vms.release'),
        cell: (row) => <span className="mono">{shortRelease(row.id)}</span>,
      },
      {
        id: 'state',
        header: t('patterns.state'),
        cell: (row) => <StateMark subject="release" state={row.state} />,
      },
      { id: 'source', header: t('patterns.source'), cell: (row) => <Name text={row.source} /> },
      { id: 'bytes', header: t('quarantine.bytes'), cell: (row) => formatBytes(row.bytes, language) },
      { id: 'imported', header: t('patterns.imported'), cell: (row) => <Moment at={row.importedAt} /> },
      { id: 'activated', header: t('patterns.activated'), cell: (row) => <Moment at={row.activatedAt} /> },
      {
        id: 'activate',
        header: t('scans.actions'),
        cell: (row) =>
          row.state !== 'active' && (
            <RowButton variant="outline" onClick={() => activate(row)}>
              {t('releases.activate')}
            </RowButton>
          ),
      },
    ],
    [t, language, activate],
  );
}
