// SPDX-License-Identifier: Apache-2.0
// "Is it scanned?" asked of the VM itself, then all exceptions of all policies: what, why, who, until when.
import type { ExceptionRow } from '@lazaret/contract';
import { Code } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { TextLink } from '../../app/links.tsx';
import { ConfirmRemoval } from '../../parts/dialogs/confirm.tsx';
import { DialogButton } from '../../parts/dialogs/dialog-button.tsx';
import type { Column } from '../../parts/lists/data-table.tsx';
import { ListTable } from '../../parts/lists/list-table.tsx';
import { Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { RowButton } from '../../parts/right-button.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Name } from '../../parts/text/name.tsx';
import { useMatchWords } from '../../policy/exceptions/use-match-words.ts';
import { AddException } from './add-exception.tsx';
import { Tester } from './tester.tsx';

export function ExceptionsPage() {
  const { t } = useTranslation();
  const path = useTenantPath()('/exceptions');
  const words = useMatchWords();
  const [ending, setEnding] = useState<ExceptionRow | null>(null);
  return (
    <Page
      title={t('nav.exceptions')}
      actions={
        <DialogButton right="policies.write" dialog={(close) => <AddException onClose={close} />}>
          {t('exceptions.add')}
        </DialogButton>
      }
    >
      <Tester />
      <ListTable
        resource="exceptions"
        path={path}
        label={t('nav.exceptions')}
        columns={useExceptionColumns(setEnding)}
        empty={<Empty title={t('exceptions.none')}>{t('exceptions.noneAdvice')}</Empty>}
      />
      {ending !== null && (
        <ConfirmRemoval
          title={t('exceptions.endTitle')}
          consequence={
            <>
              {t('exceptions.endConsequence')} <Code>{words(ending.match).value}</Code>
            </>
          }
          verb={t('exceptions.end')}
          path={`${path}/${ending.id}`}
          forgets={['exceptions', 'policies']}
          onClose={() => setEnding(null)}
        />
      )}
    </Page>
  );
}

function useExceptionColumns(end: (row: ExceptionRow) => void): readonly Column<ExceptionRow>[] {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const words = useMatchWords();
  return useMemo(
    () => [
      {
        id: 'what',
        header: t('exceptions.what'),
        cell: (row) => words(row.match).what,
      },
      {
        id: 'value',
        header: t('exceptions.value'),
        cell: (row) => <span className="mono">{words(row.match).value}</span>,
      },
      { id: 'kind', header: t('exceptions.scans'), cell: (row) => t(`scanKinds.${row.kind}`) },
      {
        id: 'policy',
        header: t('vms.policy'),
        cell: (row) => (
          <TextLink
            to="/t/$tenant/policies/$id"
            params={{ tenant, id: row.policy.id }}
            search={{ tab: 'exceptions' } as never}
          >
            <Name text={row.policy.name} />
          </TextLink>
        ),
      },
      { id: 'reason', header: t('exceptions.reason'), cell: (row) => <Name text={row.reason ?? '–'} /> },
      { id: 'author', header: t('exceptions.author'), cell: (row) => <Name text={row.author ?? '–'} /> },
      { id: 'expires', header: t('exceptions.expires'), cell: (row) => <Moment at={row.expires} /> },
      {
        id: 'end',
        header: t('scans.actions'),
        cell: (row) => (
          <RowButton right="policies.write" color="bad" onClick={() => end(row)}>
            {t('exceptions.end')}
          </RowButton>
        ),
      },
    ],
    [t, tenant, end, words],
  );
}
