// SPDX-License-Identifier: Apache-2.0
// Who has, or had, this content (MG-11).
import type { HashReport } from '@lazaret/contract';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useOne } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { TextLink } from '../../app/links.tsx';
import { Copy } from '../../parts/copy-button.tsx';
import { type Column, DataTable } from '../../parts/lists/data-table.tsx';
import { FactList } from '../../parts/text/fact-list.tsx';
import { FileName } from '../../parts/text/file-name.tsx';
import { hostileToText } from '../../parts/text/hostile.ts';
import { Moment } from '../../parts/text/moment.tsx';
import { Answer, Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Name } from '../../parts/text/name.tsx';

type Holder = HashReport['vms'][number];

export function HashPage() {
  const { t } = useTranslation();
  const { sha256 = '' } = useParams({ strict: false });
  const path = useTenantPath();
  const query = useOne<HashReport>('hashes', path(`/hashes/${sha256}`));
  return (
    <Page title={t('hash.title')} actions={<Copy text={sha256} label={t('hash.copy')} />}>
      <span className="mono">{sha256}</span>
      <Answer query={query}>{(report) => <Content report={report} />}</Answer>
    </Page>
  );
}

function Content({ report }: { readonly report: HashReport }) {
  const { t } = useTranslation();
  const columns = useHolderColumns();
  if (report.vms.length === 0) return <Empty title={t('hash.none')}>{t('hash.noneAdvice')}</Empty>;
  return (
    <>
      <FactList
        facts={[
          [t('detections.threats'), report.threats.map(hostileToText).join(', ')],
          [t('hash.detections'), String(report.detections)],
          [t('hash.first'), <Moment key="first" at={report.firstSeenAt} />],
          [t('hash.last'), <Moment key="last" at={report.lastSeenAt} />],
        ]}
      />
      <DataTable
        label={t('hash.title')}
        columns={columns}
        rows={report.vms}
        total={report.vms.length}
        rowId={(row) => row.vm.id}
      />
    </>
  );
}

function useHolderColumns(): readonly Column<Holder>[] {
  const { t } = useTranslation();
  const tenant = useTenantId();
  return useMemo(
    () => [
      {
        id: 'vm',
        header: t('detections.vm'),
        cell: (row) => (
          <TextLink to="/t/$tenant/vms/$id" params={{ tenant, id: row.vm.id }}>
            <Name text={row.vm.name} />
          </TextLink>
        ),
      },
      {
        id: 'result',
        header: t('detections.result'),
        cell: (row) => <StateMark subject="result" state={row.lastResult} />,
      },
      { id: 'detections', header: t('hash.detections'), cell: (row) => row.detections },
      { id: 'held', header: t('hash.held'), cell: (row) => row.held },
      { id: 'path', header: t('detections.path'), cell: (row) => <FileName path={row.lastPath} /> },
      { id: 'last', header: t('hash.last'), cell: (row) => <Moment at={row.lastSeenAt} as="relative" /> },
    ],
    [t, tenant],
  );
}
