// SPDX-License-Identifier: Apache-2.0
// Alarms: open ones, or those that cleared themselves.
import type { Alarm } from '@lazaret/contract';
import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../api/list.ts';
import { useTenantId, useTenantPath } from '../api/session.ts';
import { useFilter } from '../app/filter.ts';
import { TextLink } from '../app/links.tsx';
import { AlarmText } from '../parts/text/alarm-text.tsx';
import { type Column, DataTable } from '../parts/lists/data-table.tsx';
import { ListBody } from '../parts/lists/list-page.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Empty } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';
import { StateMark } from '../parts/state-mark.tsx';

export function AlarmsPage() {
  const { t } = useTranslation();
  const path = useTenantPath()('/alarms');
  const [search, change] = useFilter();
  const state = search['state'] === 'cleared' ? 'cleared' : 'open';
  const list = useList<Alarm>('alarms', path, { state, kind: search['kind'] });
  const columns = useAlarmColumns();
  return (
    <Page title={t('nav.alarms')}>
      <SegmentedControl
        w="fit-content"
        aria-label={t('alarms.state')}
        value={state}
        onChange={(next) => change({ state: next === 'open' ? undefined : next })}
        data={[
          { value: 'open', label: t('alarms.open') },
          { value: 'cleared', label: t('alarms.cleared') },
        ]}
      />
      <ListBody
        list={list}
        empty={
          <Empty title={t(state === 'open' ? 'alarms.none' : 'alarms.noneCleared')}>{t('alarms.noneAdvice')}</Empty>
        }
      >
        <DataTable
          label={t('nav.alarms')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(row) => row.id}
          onMore={list.more}
        />
      </ListBody>
    </Page>
  );
}

function useAlarmColumns(): readonly Column<Alarm>[] {
  const { t } = useTranslation();
  const tenant = useTenantId();
  return useMemo(
    () => [
      { id: 'kind', header: t('alarms.kind'), cell: (row) => <StateMark subject="alarm" state={row.kind} /> },
      {
        id: 'what',
        header: t('alarms.what'),
        cell: (row) =>
          row.vm === null ? (
            <AlarmText alarm={row} />
          ) : (
            <TextLink to="/t/$tenant/vms/$id" params={{ tenant, id: row.vm.id }} className="prose">
              <AlarmText alarm={row} />
            </TextLink>
          ),
      },
      {
        id: 'advice',
        header: t('alarms.advice'),
        cell: (row) => <span className="prose">{t(`alarms.do.${row.kind}`)}</span>,
      },
      { id: 'since', header: t('alarms.since'), cell: (row) => <Moment at={row.since} as="relative" /> },
      { id: 'cleared', header: t('alarms.clearedAt'), cell: (row) => <Moment at={row.clearedAt} as="relative" /> },
    ],
    [t, tenant],
  );
}
