// SPDX-License-Identifier: Apache-2.0
// Detections: those whose action failed come first; then all, by any filter; the filter is the address.
import { ACTIONS, type DetectionRow, THREAT_KINDS } from '@lazaret/contract';
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Query } from '../../api/query.ts';
import { useList, useNewRows } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { useFilter } from '../../app/filter.ts';
import { TextLink } from '../../app/links.tsx';
import { type Column, DataTable } from '../../parts/lists/data-table.tsx';
import { FileName } from '../../parts/text/file-name.tsx';
import { ExportButton, FilterText, ListBody } from '../../parts/lists/list-page.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { StateMark, useStateWord } from '../../parts/state-mark.tsx';
import { statesOf } from '../../state/words.ts';
import { Name } from '../../parts/text/name.tsx';

export function DetectionsPage() {
  const { t } = useTranslation();
  const path = useTenantPath()('/detections');
  const word = useStateWord();
  const [search, change] = useFilter();
  const { vm, kind, threat, action, result, origin, from, to, q, sha256, failed } = search;
  const filter = { vm, kind, threat, action, result, origin, from, to, q, sha256, failed };
  return (
    <Page title={t('nav.detections')}>
      <Filters search={search} change={change} />
      <Group gap="sm">
        <Button
          variant={failed === 'true' ? 'filled' : 'outline'}
          color="bad"
          aria-pressed={failed === 'true'}
          onClick={() => change({ failed: failed === 'true' ? undefined : 'true' })}
        >
          {t('detections.failedOnly')}
        </Button>
        <ExportButton<DetectionRow>
          name="detections"
          path={path}
          filter={filter}
          header={['time', 'vm', 'path', 'threat', 'kind', 'origin', 'action', 'result', 'sha256', 'bytes'].map(
            (name) => t(`detections.${name}` as 'detections.path'),
          )}
          row={(row) => [
            row.time,
            row.vm.name,
            row.path,
            row.threat,
            row.kind,
            row.origin,
            row.action,
            word('result', row.result),
            row.sha256,
            row.bytes,
          ]}
        />
      </Group>
      <DetectionTable filter={filter} />
    </Page>
  );
}

interface FiltersProps {
  readonly search: Readonly<Record<string, string>>;
  readonly change: (change: Readonly<Record<string, string | undefined>>) => void;
}

function Filters({ search, change }: FiltersProps) {
  const { t } = useTranslation();
  const word = useStateWord();
  const select = (name: 'kind' | 'action' | 'result' | 'origin', data: { value: string; label: string }[]) => (
    <Select
      label={t(`detections.${name}`)}
      clearable
      w={170}
      data={data}
      value={search[name] ?? null}
      onChange={(value) => change({ [name]: value ?? undefined })}
    />
  );
  return (
    <Group gap="sm" align="flex-end">
      <FilterText
        key={search['q'] ?? ''}
        label={t('detections.filter')}
        value={search['q'] ?? ''}
        onChange={(text) => change({ q: text })}
      />
      {select(
        'result',
        statesOf('result').map((value) => ({ value, label: word('result', value) })),
      )}
      {select(
        'kind',
        THREAT_KINDS.map((value) => ({ value, label: t(`threats.${value}`) })),
      )}
      {select(
        'action',
        ACTIONS.map((value) => ({ value, label: t(`actions.${value}`) })),
      )}
      {select(
        'origin',
        (['realtime', 'scheduled', 'manual'] as const).map((value) => ({ value, label: t(`scanKinds.${value}`) })),
      )}
      <DateFilter label={t('detections.from')} value={search['from']} onChange={(from) => change({ from })} />
      <DateFilter label={t('detections.to')} value={search['to']} onChange={(to) => change({ to })} />
      {Object.keys(search).length > 0 && (
        <Button
          variant="subtle"
          onClick={() => change(Object.fromEntries(Object.keys(search).map((name) => [name, undefined])))}
        >
          {t('table.clear')}
        </Button>
      )}
    </Group>
  );
}

/** A day in the viewer's zone, in the address as the moment that it means. */
function DateFilter({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (iso: string | undefined) => void;
}) {
  const local = value === undefined ? '' : toLocalInput(value);
  return (
    <TextInput
      type="datetime-local"
      label={label}
      w={200}
      value={local}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text === '' ? undefined : new Date(text).toISOString());
      }}
    />
  );
}

function toLocalInput(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? ''
    : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function DetectionTable({ filter }: { readonly filter: Query }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const path = useTenantPath()('/detections');
  const navigate = useNavigate();
  const list = useList<DetectionRow>('detections', path, filter, true);
  const waiting = useNewRows('detections', path, filter, list.total);
  const columns = useDetectionColumns();
  const filtered = Object.values(filter).some((value) => value !== undefined);
  return (
    <Stack gap="sm" w="100%">
      {waiting > 0 && !list.isLoading && (
        <Button variant="light" onClick={list.reload}>
          {t('table.new', { count: waiting })}
        </Button>
      )}
      <ListBody
        list={list}
        empty={
          filtered ? (
            <Empty title={t('table.nothing')}>{t('table.nothingAdvice')}</Empty>
          ) : (
            <Empty title={t('detections.none')}>{t('detections.noneAdvice')}</Empty>
          )
        }
      >
        <DataTable
          label={t('nav.detections')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(row) => row.id}
          onOpen={(row) => void navigate({ to: '/t/$tenant/detections/$id', params: { tenant, id: row.id } })}
          onMore={list.more}
        />
      </ListBody>
    </Stack>
  );
}

function useDetectionColumns(): readonly Column<DetectionRow>[] {
  const { t } = useTranslation();
  const tenant = useTenantId();
  return useMemo(
    () => [
      {
        id: 'time',
        header: t('detections.time'),
        cell: (row) => (
          <TextLink to="/t/$tenant/detections/$id" params={{ tenant, id: row.id }}>
            <Moment at={row.time} as="relative" inLink />
          </TextLink>
        ),
      },
      {
        id: 'result',
        header: t('detections.result'),
        cell: (row) => <StateMark subject="result" state={row.result} />,
      },
      { id: 'threat', header: t('detections.threat'), cell: (row) => <Name text={row.threat} /> },
      { id: 'kind', header: t('detections.kind'), cell: (row) => t(`threats.${row.kind}`) },
      {
        id: 'vm',
        header: t('detections.vm'),
        cell: (row) => (
          <TextLink to="/t/$tenant/vms/$id" params={{ tenant, id: row.vm.id }}>
            <Name text={row.vm.name} />
          </TextLink>
        ),
      },
      { id: 'path', header: t('detections.path'), cell: (row) => <FileName path={row.path} /> },
      { id: 'origin', header: t('detections.origin'), cell: (row) => t(`scanKinds.${row.origin}`) },
    ],
    [t, tenant],
  );
}
