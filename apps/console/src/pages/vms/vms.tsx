// SPDX-License-Identifier: Apache-2.0
// All VMs: counts by state, each of which is a filter; the table; work on many.
import type { Vm, VmPage } from '@lazaret/contract';
import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList, type PageOf } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { useFilter } from '../../app/filter.ts';
import { ButtonLink, TextLink } from '../../app/links.tsx';
import { type Column, DataTable } from '../../parts/lists/data-table.tsx';
import { ExportButton, FilterText, ListBody } from '../../parts/lists/list-page.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { useScopeWord } from '../../parts/protects.tsx';
import { ProtectionMark, useProtectionText } from '../../parts/protection.tsx';
import { StateMark, useStateWord } from '../../parts/state-mark.tsx';
import { statesOf } from '../../state/words.ts';
import { RetireVms } from './vm-retire.tsx';
import { ScanVms } from './vm-scan.tsx';
import { StateCounts } from './vm-counts.tsx';
import { RightButton } from '../../parts/right-button.tsx';
import { Name } from '../../parts/text/name.tsx';

export function VmsPage() {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const path = useTenantPath()('/vms');
  const navigate = useNavigate();
  const [search, change] = useFilter();
  const { state, protection, settings, policy, group, alarm, release, q } = search;
  const sort = search['sort'] ?? 'name';
  const filter = { state, protection, settings, policy, group, alarm, release, q, sort };
  const list = useList<Vm, VmPage>('vms', path, filter);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const columns = useVmColumns();
  const filtered = Object.entries(filter).some(([name, value]) => name !== 'sort' && value !== undefined);
  return (
    <Page
      title={t('nav.vms')}
      actions={
        <ButtonLink to="/t/$tenant/vms/add" params={{ tenant }}>
          {t('vms.add')}
        </ButtonLink>
      }
    >
      {list.first !== undefined && <StateCounts counts={list.first.counts} chosen={search} onChange={change} />}
      <Group gap="sm" align="flex-end">
        <Filters filtered={filtered} />
        <VmExport path={path} filter={filter} />
      </Group>
      {chosen.size > 0 && <BulkActions ids={[...chosen]} vms={list.rows} onDone={() => setChosen(new Set())} />}
      <ListBody<Vm, PageOf<Vm>> list={list} empty={<NoVms filtered={filtered} />}>
        <DataTable
          label={t('nav.vms')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(vm) => vm.id}
          rowName={(vm) => vm.name}
          onOpen={(vm) => void navigate({ to: '/t/$tenant/vms/$id', params: { tenant, id: vm.id } })}
          onMore={list.more}
          selection={{ ids: chosen, onChange: setChosen }}
          sort={{ by: sort, onChange: (by) => change({ sort: by }) }}
        />
      </ListBody>
    </Page>
  );
}

const NO_FILTER = {
  state: '',
  protection: '',
  settings: '',
  policy: '',
  group: '',
  alarm: '',
  release: '',
  q: '',
} as const;

function Filters({ filtered }: { readonly filtered: boolean }) {
  const { t } = useTranslation();
  const word = useStateWord();
  const [{ alarm, q }, change] = useFilter();
  return (
    <>
      <FilterText key={q ?? ''} label={t('vms.filter')} value={q ?? ''} onChange={(text) => change({ q: text })} />
      <Select
        label={t('vms.alarm')}
        clearable
        w={220}
        data={statesOf('alarm').map((kind) => ({ value: kind, label: word('alarm', kind) }))}
        value={alarm ?? null}
        onChange={(kind) => change({ alarm: kind ?? undefined })}
      />
      {filtered && (
        <Button variant="subtle" onClick={() => change(NO_FILTER)}>
          {t('table.clear')}
        </Button>
      )}
    </>
  );
}

function VmExport({
  path,
  filter,
}: {
  readonly path: string;
  readonly filter: Readonly<Record<string, string | undefined>>;
}) {
  const { t } = useTranslation();
  const word = useStateWord();
  const protectionText = useProtectionText();
  return (
    <ExportButton<Vm>
      name="vms"
      path={path}
      filter={filter}
      header={[
        t('vms.name'),
        t('vms.link'),
        t('vms.protection'),
        t('vms.protectionWhy'),
        t('vms.settings'),
        t('vms.policy'),
        t('vms.release'),
        t('vms.os'),
        t('vms.addresses'),
        t('vms.lastSeen'),
      ]}
      row={(vm) => [
        vm.name,
        word('link', vm.link.state),
        protectionText.word(vm.protection),
        protectionText.reason(vm.protection),
        word('settings', vm.settings.state),
        vm.settings.desired?.name ?? null,
        vm.patterns.release,
        vm.system.os,
        vm.system.addresses.join(' '),
        vm.link.lastSeenAt,
      ]}
    />
  );
}

function useVmColumns(): readonly Column<Vm>[] {
  const { t } = useTranslation();
  const tenant = useTenantId();
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('vms.name'),
        sort: 'name',
        cell: (vm) => (
          <TextLink to="/t/$tenant/vms/$id" params={{ tenant, id: vm.id }}>
            <Name text={vm.name} />
          </TextLink>
        ),
      },
      { id: 'link', header: t('vms.link'), cell: (vm) => <StateMark subject="link" state={vm.link.state} /> },
      {
        id: 'protection',
        header: t('vms.protection'),
        cell: (vm) => <Protection vm={vm} />,
      },
      {
        id: 'settings',
        header: t('vms.settings'),
        cell: (vm) => <StateMark subject="settings" state={vm.settings.state} />,
      },
      { id: 'policy', header: t('vms.policy'), cell: (vm) => <Name text={vm.settings.desired?.name ?? '–'} /> },
      {
        id: 'release',
        header: t('vms.release'),
        cell: (vm) => <span className="mono">{shortRelease(vm.patterns.release)}</span>,
      },
      { id: 'os', header: t('vms.os'), cell: (vm) => vm.system.os ?? '–' },
      {
        id: 'lastSeen',
        header: t('vms.lastSeen'),
        sort: 'lastSeenAt',
        cell: (vm) => <Moment at={vm.link.lastSeenAt} as="relative" vmZone={vm.system.zone} />,
      },
    ],
    [t, tenant],
  );
}

/** A green word over one folder says that it is one. */
function Protection({ vm }: { readonly vm: Vm }) {
  const scope = useScopeWord()(vm);
  return (
    <>
      <ProtectionMark protection={vm.protection} />
      {scope !== null && (
        <Text size="xs" c="dimmed">
          {scope}
        </Text>
      )}
    </>
  );
}

/** Label and the first digits of its hash. */
export function shortRelease(release: string | null): string {
  return release === null ? '–' : release.replace(/([0-9a-f]{8})[0-9a-f]{8,}$/, '$1');
}

function NoVms({ filtered }: { readonly filtered: boolean }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  if (filtered) return <Empty title={t('table.nothing')}>{t('table.nothingAdvice')}</Empty>;
  return (
    <Empty
      title={t('vms.none')}
      action={
        <ButtonLink to="/t/$tenant/vms/add" params={{ tenant }}>
          {t('vms.add')}
        </ButtonLink>
      }
    >
      {t('vms.noneAdvice')}
    </Empty>
  );
}

function BulkActions({
  ids,
  vms,
  onDone,
}: {
  readonly ids: readonly string[];
  readonly vms: readonly Vm[];
  readonly onDone: () => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'scan' | 'retire' | null>(null);
  const named = vms.filter(({ id }) => ids.includes(id)).map(({ id, name }) => ({ id, name }));
  const close = (): void => setOpen(null);
  return (
    <Stack gap="xs">
      <Group gap="sm" role="toolbar" aria-label={t('table.chosen', { count: ids.length })}>
        <span>{t('table.chosen', { count: ids.length })}</span>
        <RightButton right="scans.write" onClick={() => setOpen('scan')}>
          {t('vms.scan')}
        </RightButton>
        <RightButton right="vms.write" variant="outline" color="bad" onClick={() => setOpen('retire')}>
          {t('vms.retire')}
        </RightButton>
        <Button variant="subtle" onClick={onDone}>
          {t('table.unselect')}
        </Button>
      </Group>
      {open === 'scan' && <ScanVms vms={named} onClose={close} />}
      {open === 'retire' && <RetireVms vms={named} onClose={close} onDone={onDone} />}
    </Stack>
  );
}
