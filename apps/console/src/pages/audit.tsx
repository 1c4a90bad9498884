// SPDX-License-Identifier: Apache-2.0
// Who did what, with what it was before and after.
import type { AuditEntryView } from '@lazaret/contract';
import { Group, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { useFilter } from '../app/filter.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { hostileToText } from '../parts/hostile.ts';
import { ExportButton, FilterText, ListBody } from '../parts/list-page.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';
import { DiffList } from '../policy/diff-list.tsx';
import { findDifferences } from '../policy/diff.ts';
import { Name } from '../parts/name.tsx';

export function AuditPage() {
  const { t } = useTranslation();
  const path = useTenantPath()('/audit');
  const [search, change] = useFilter();
  const filter = { action: search['action'], actor: search['actor'] };
  const list = useList<AuditEntryView>('audit', path, filter);
  const [shown, setShown] = useState<AuditEntryView | null>(null);
  const columns = useAuditColumns();
  return (
    <Page title={t('nav.audit')}>
      <Group gap="sm" align="flex-end">
        <FilterText
          key={`a${search['action'] ?? ''}`}
          label={t('audit.filterAction')}
          value={search['action'] ?? ''}
          onChange={(action) => change({ action })}
        />
        <FilterText
          key={`b${search['actor'] ?? ''}`}
          label={t('audit.filterActor')}
          value={search['actor'] ?? ''}
          onChange={(actor) => change({ actor })}
        />
        <ExportButton<AuditEntryView>
          name="audit"
          path={path}
          filter={filter}
          header={['at', 'actor', 'action', 'subject', 'before', 'after'].map((name) =>
            t(`audit.${name}` as 'audit.at'),
          )}
          row={(entry) => [
            entry.at,
            entry.actor.name,
            entry.action,
            entry.subject,
            JSON.stringify(entry.before),
            JSON.stringify(entry.after),
          ]}
        />
      </Group>
      <ListBody list={list} empty={<Empty title={t('audit.none')}>{t('audit.noneAdvice')}</Empty>}>
        <DataTable
          label={t('nav.audit')}
          columns={columns(setShown)}
          rows={list.rows}
          total={list.total}
          rowId={(entry) => entry.id}
          onOpen={setShown}
          onMore={list.more}
        />
      </ListBody>
      {shown !== null && (
        <Dialog title={shown.action} opened onClose={() => setShown(null)} size="lg">
          <Stack gap="sm">
            <Text size="sm" component="div">
              <Name text={shown.actor.name} /> · <Moment at={shown.at} seconds /> ·{' '}
              <span className="mono">{hostileToText(shown.subject)}</span>
            </Text>
            <DiffList differences={findDifferences(shown.before, shown.after)} />
          </Stack>
        </Dialog>
      )}
    </Page>
  );
}

function useAuditColumns(): (show: (entry: AuditEntryView) => void) => readonly Column<AuditEntryView>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    let made: readonly Column<AuditEntryView>[] | undefined;
    return (show) =>
      (made ??= [
        { id: 'at', header: t('audit.at'), cell: (entry) => <Moment at={entry.at} seconds /> },
        {
          id: 'actor',
          header: t('audit.actor'),
          cell: (entry) => (
            <>
              <Name text={entry.actor.name} />{' '}
              <Text span size="xs" c="dimmed">
                {t(`audit.actorKinds.${entry.actor.kind}`)}
              </Text>
            </>
          ),
        },
        {
          id: 'action',
          header: t('audit.action'),
          cell: (entry) => (
            <button type="button" className="link-button mono" onClick={() => show(entry)}>
              {entry.action}
            </button>
          ),
        },
        {
          id: 'subject',
          header: t('audit.subject'),
          cell: (entry) => <span className="mono">{hostileToText(entry.subject)}</span>,
        },
        {
          id: 'change',
          header: t('audit.change'),
          cell: (entry) => t('audit.changes', { count: findDifferences(entry.before, entry.after).length }),
        },
      ]);
  }, [t]);
}
