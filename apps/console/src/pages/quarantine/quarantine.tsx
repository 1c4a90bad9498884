// SPDX-License-Identifier: Apache-2.0
// Held files of all VMs: restore, download (second confirmation), delete. Their own VMs do it; each row shows how it went.
import type { QuarantineEntry, QuarantinePage as RestPage } from '@lazaret/contract';
import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Query } from '../../api/query.ts';
import { useList } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { useFilter } from '../../app/filter.ts';
import { TextLink } from '../../app/links.tsx';
import { formatBytes } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { type Column, DataTable } from '../../parts/lists/data-table.tsx';
import { ErrorCell } from '../../parts/text/error-cell.tsx';
import { FileName } from '../../parts/text/file-name.tsx';
import { hostileToText } from '../../parts/text/hostile.ts';
import { ExportButton, FilterText, ListBody } from '../../parts/lists/list-page.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { RightButton } from '../../parts/right-button.tsx';
import { StateMark, useStateWord } from '../../parts/state-mark.tsx';
import { statesOf } from '../../state/words.ts';
import { DeleteEntries } from './quarantine-delete.tsx';
import { FetchEntry } from './quarantine-fetch.tsx';
import { RestoreEntries } from './quarantine-restore.tsx';
import type { HeldFile } from './restore-order.ts';
import { Name } from '../../parts/text/name.tsx';

export function QuarantinePage() {
  const { t } = useTranslation();
  const word = useStateWord();
  const path = useTenantPath()('/quarantine');
  const [search, change] = useFilter();
  const { vm, threat, sha256, state, q } = search;
  const filter = { vm, threat, sha256, state, q };
  return (
    <Page title={t('nav.quarantine')}>
      <Group gap="sm" align="flex-end">
        <FilterText
          key={q ?? ''}
          label={t('quarantine.filter')}
          value={q ?? ''}
          onChange={(text) => change({ q: text })}
        />
        <Select
          label={t('quarantine.state')}
          clearable
          placeholder={t('quarantine.heldNow')}
          w={200}
          data={statesOf('quarantine').map((value) => ({ value, label: word('quarantine', value) }))}
          value={state ?? null}
          onChange={(value) => change({ state: value ?? undefined })}
        />
        <ExportButton<QuarantineEntry>
          name="quarantine"
          path={path}
          filter={filter}
          header={['path', 'threat', 'vm', 'state', 'since', 'keptUntil', 'sha256', 'bytes'].map((name) =>
            t(`quarantine.${name}` as 'quarantine.since'),
          )}
          row={(row) => [
            row.path,
            row.threat,
            row.vm.name,
            word('quarantine', row.state),
            row.since,
            row.keptUntil,
            row.sha256,
            row.bytes,
          ]}
        />
      </Group>
      <QuarantineTable filter={filter} />
    </Page>
  );
}

const keyOf = (row: QuarantineEntry): string => `${row.vm.id}/${row.entry}`;

export function QuarantineTable({ filter }: { readonly filter: Query }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const path = useTenantPath()('/quarantine');
  const list = useList<QuarantineEntry, RestPage>('quarantine', path, filter);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const columns = useQuarantineColumns();
  const rows = list.rows.filter((row) => chosen.has(keyOf(row)));
  return (
    <Stack gap="sm" w="100%">
      {list.first !== undefined && list.total > 0 && (
        <Text size="sm">
          {t('quarantine.usage', {
            count: list.total,
            bytes: formatBytes(list.first.usage.bytes, language),
            vms: t('vms.count', { count: list.first.usage.vms }),
          })}
        </Text>
      )}
      {rows.length > 0 && <Actions rows={rows} onDone={() => setChosen(new Set())} />}
      <ListBody list={list} empty={<Empty title={t('quarantine.none')}>{t('quarantine.noneAdvice')}</Empty>}>
        <DataTable
          label={t('nav.quarantine')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={keyOf}
          rowName={(row) => hostileToText(row.path)}
          onMore={list.more}
          selection={{ ids: chosen, onChange: setChosen }}
        />
      </ListBody>
    </Stack>
  );
}

function Actions({ rows, onDone }: { readonly rows: readonly QuarantineEntry[]; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'restore' | 'fetch' | 'delete' | null>(null);
  const files = rows.map(
    (row): HeldFile => ({ vmId: row.vm.id, entry: row.entry, vmName: row.vm.name, path: row.path }),
  );
  const close = (): void => setOpen(null);
  const first = files[0];
  return (
    <Group gap="sm" role="toolbar" aria-label={t('table.chosen', { count: rows.length })}>
      <span>{t('table.chosen', { count: rows.length })}</span>
      <RightButton right="quarantine.write" onClick={() => setOpen('restore')}>
        {t('quarantine.restore')}
      </RightButton>
      {files.length === 1 && (
        <RightButton right="quarantine.fetch" variant="outline" onClick={() => setOpen('fetch')}>
          {t('quarantine.download')}
        </RightButton>
      )}
      <RightButton right="quarantine.write" variant="outline" color="bad" onClick={() => setOpen('delete')}>
        {t('quarantine.delete')}
      </RightButton>
      <Button variant="subtle" onClick={onDone}>
        {t('table.unselect')}
      </Button>
      {open === 'restore' && <RestoreEntries entries={files} onClose={close} />}
      {open === 'fetch' && first !== undefined && <FetchEntry file={first} onClose={close} />}
      {open === 'delete' && <DeleteEntries entries={files} onClose={close} onDone={onDone} />}
    </Group>
  );
}

function useQuarantineColumns(): readonly Column<QuarantineEntry>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const tenant = useTenantId();
  return useMemo(
    () => [
      { id: 'path', header: t('quarantine.path'), cell: (row) => <FileName path={row.path} /> },
      {
        id: 'threat',
        header: t('quarantine.threat'),
        cell: (row) =>
          row.detectionId === null ? (
            <Name text={row.threat} />
          ) : (
            <TextLink to="/t/$tenant/detections/$id" params={{ tenant, id: row.detectionId }}>
              <Name text={row.threat} />
            </TextLink>
          ),
      },
      {
        id: 'vm',
        header: t('quarantine.vm'),
        cell: (row) => (
          <TextLink to="/t/$tenant/vms/$id" params={{ tenant, id: row.vm.id }}>
            <Name text={row.vm.name} />
          </TextLink>
        ),
      },
      {
        id: 'state',
        header: t('quarantine.state'),
        cell: (row) => (
          <Group gap={4} wrap="nowrap">
            <StateMark subject="quarantine" state={row.state} />
            {row.error !== null && (
              <Text size="xs" c="var(--tone-bad)" className="prose" miw={200}>
                <ErrorCell failure={row.error} />
              </Text>
            )}
          </Group>
        ),
      },
      { id: 'since', header: t('quarantine.since'), cell: (row) => <Moment at={row.since} as="relative" /> },
      { id: 'kept', header: t('quarantine.keptUntil'), cell: (row) => <Moment at={row.keptUntil} /> },
      { id: 'bytes', header: t('quarantine.bytes'), cell: (row) => formatBytes(row.bytes, language) },
    ],
    [t, language, tenant],
  );
}
