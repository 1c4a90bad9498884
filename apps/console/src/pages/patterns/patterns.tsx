// SPDX-License-Identifier: Apache-2.0
// Releases and how many VMs are on each; then the tenant's own signatures.
import type { PatternRelease, PatternsOverview } from '@lazaret/contract';
import { Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useOne } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { TextLink } from '../../app/links.tsx';
import { formatBytes } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import type { Column } from '../../parts/lists/data-table.tsx';
import { WholeTable } from '../../parts/lists/list-table.tsx';
import { Answer, Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Name } from '../../parts/text/name.tsx';
import { shortRelease } from '../vms/vms.tsx';
import { Signatures } from './signatures.tsx';

export function PatternsPage() {
  const { t } = useTranslation();
  const path = useTenantPath();
  const releases = useOne<PatternsOverview>('patterns', path('/patterns'));
  return (
    <Page title={t('nav.patterns')}>
      <Answer query={releases}>{(overview) => <Releases overview={overview} />}</Answer>
      <Signatures />
    </Page>
  );
}

function Releases({ overview }: { readonly overview: PatternsOverview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const tenant = useTenantId();
  const columns = useMemo(
    (): readonly Column<PatternRelease>[] => [
      { id: 'release', header: t('vms.release'), cell: (row) => <span className="mono">{shortRelease(row.id)}</span> },
      { id: 'state', header: t('patterns.state'), cell: (row) => <StateMark subject="release" state={row.state} /> },
      {
        id: 'vms',
        header: t('nav.vms'),
        cell: (row) => (
          <TextLink to="/t/$tenant/vms" params={{ tenant }} search={{ release: row.id } as never}>
            {t('vms.count', { count: row.vms })}
          </TextLink>
        ),
      },
      { id: 'source', header: t('patterns.source'), cell: (row) => <Name text={row.source} /> },
      { id: 'bytes', header: t('quarantine.bytes'), cell: (row) => formatBytes(row.bytes, language) },
      { id: 'imported', header: t('patterns.imported'), cell: (row) => <Moment at={row.importedAt} /> },
      { id: 'activated', header: t('patterns.activated'), cell: (row) => <Moment at={row.activatedAt} /> },
    ],
    [t, language, tenant],
  );
  return (
    <section>
      <Title order={2} id="releases" mb="sm">
        {t('patterns.releases')}
      </Title>
      <Text size="sm" mb="sm" component="div">
        {t('patterns.lastCheck')} <Moment at={overview.lastCheckAt} as="relative" />
        {overview.vmsNone > 0 && ` · ${t('patterns.without', { count: overview.vmsNone })}`}
        {overview.vmsOther > 0 && ` · ${t('patterns.other', { count: overview.vmsOther })}`}
      </Text>
      <WholeTable
        label={t('patterns.releases')}
        columns={columns}
        rows={overview.releases}
        rowId={(row) => row.id}
        empty={<Empty title={t('patterns.none')}>{t('patterns.noneAdvice')}</Empty>}
      />
    </section>
  );
}
