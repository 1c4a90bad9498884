// SPDX-License-Identifier: Apache-2.0
// Scans: running ones first with live progress, pause, resume, cancel; then past ones with their reports.
import { coverageHundredths } from '@lazaret/core';
import type { Scan } from '@lazaret/contract';
import { Button, Group, Progress, Select, Stack, Text, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import type { Query } from '../api/query.ts';
import { useForget, useList } from '../api/list.ts';
import { useRight, useTenantId, useTenantPath } from '../api/session.ts';
import { useFilter } from '../app/filter.ts';
import { TextLink } from '../app/links.tsx';
import { formatCount, formatDuration, formatPercent } from '../i18n/format.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { type Column, DataTable } from '../parts/lists/data-table.tsx';
import { Confirm } from '../parts/dialogs/confirm.tsx';
import { Dialog } from '../parts/dialogs/dialog.tsx';
import { FactList } from '../parts/text/fact-list.tsx';
import { hostileToText } from '../parts/text/hostile.ts';
import { ExportButton, ListBody } from '../parts/lists/list-page.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Empty, ErrorNote } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';
import { StateMark, useStateWord } from '../parts/state-mark.tsx';
import { statesOf } from '../state/words.ts';
import { shortRelease } from './vms/vms.tsx';
import { LedgerTable } from './vms/vm-coverage.tsx';
import { Name } from '../parts/text/name.tsx';

export function ScansPage() {
  const { t } = useTranslation();
  const word = useStateWord();
  const path = useTenantPath()('/scans');
  const [search, change] = useFilter();
  const filter = { state: search['state'], origin: search['origin'], vm: search['vm'], group: 'ended' };
  return (
    <Page title={t('nav.scans')}>
      <section>
        <Title order={2} id="running" mb="sm">
          {t('scans.running')}
        </Title>
        <ScanTable filter={{ group: 'open', vm: search['vm'] }} running />
      </section>
      <section>
        <Title order={2} id="past" mb="sm">
          {t('scans.past')}
        </Title>
        <Stack gap="sm">
          <Group gap="sm" align="flex-end">
            <Select
              label={t('scans.state')}
              clearable
              w={200}
              data={statesOf('scan').map((value) => ({ value, label: word('scan', value) }))}
              value={search['state'] ?? null}
              onChange={(state) => change({ state: state ?? undefined })}
            />
            <ExportButton<Scan>
              name="scans"
              path={path}
              filter={filter}
              header={['vm', 'scope', 'state', 'started', 'ended', 'files', 'infected', 'coverage'].map((name) =>
                t(`scans.${name}` as 'scans.files'),
              )}
              row={(scan) => [
                scan.vm.name,
                t(`scan.kinds.${scan.scope}`),
                word('scan', scan.state),
                scan.startedAt,
                scan.endedAt,
                scan.summary?.files ?? null,
                scan.summary?.infected ?? null,
                scan.summary === null ? null : `${scan.summary.coverage.lookedAt}/${scan.summary.coverage.all}`,
              ]}
            />
          </Group>
          <ScanTable filter={filter} />
        </Stack>
      </section>
    </Page>
  );
}

/** What only a report has. */
const HIDDEN_WHILE_RUNNING = ['coverage'] as const;

export function ScanTable({ filter, running = false }: { readonly filter: Query; readonly running?: boolean }) {
  const { t } = useTranslation();
  const path = useTenantPath()('/scans');
  const list = useList<Scan>('scans', path, filter);
  const [shown, setShown] = useState<Scan | null>(null);
  const columns = useScanColumns(setShown);
  const empty = running ? (
    <Empty title={t('scans.noneRunning')}>{t('scans.noneRunningAdvice')}</Empty>
  ) : (
    <Empty title={t('scans.none')}>{t('scans.noneAdvice')}</Empty>
  );
  return (
    <Stack gap="sm" w="100%">
      <ListBody list={list} empty={empty}>
        <DataTable
          label={running ? t('scans.running') : t('scans.past')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(scan) => scan.id}
          onOpen={setShown}
          onMore={list.more}
          hidden={running ? HIDDEN_WHILE_RUNNING : []}
        />
      </ListBody>
      {shown !== null && <ScanReport scan={shown} onClose={() => setShown(null)} />}
    </Stack>
  );
}

function useScanColumns(show: (scan: Scan) => void): readonly Column<Scan>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const tenant = useTenantId();
  return useMemo(
    () => [
      {
        id: 'vm',
        header: t('scans.vm'),
        cell: (scan) => (
          <TextLink to="/t/$tenant/vms/$id" params={{ tenant, id: scan.vm.id }}>
            <Name text={scan.vm.name} />
          </TextLink>
        ),
      },
      {
        id: 'scope',
        header: t('scans.scope'),
        cell: (scan) => `${t(`scanKinds.${scan.origin}`)} · ${t(`scan.kinds.${scan.scope}`)}`,
      },
      { id: 'state', header: t('scans.state'), cell: (scan) => <StateMark subject="scan" state={scan.state} /> },
      { id: 'progress', header: t('scans.progress'), cell: (scan) => <ScanProgressCell scan={scan} /> },
      {
        id: 'infected',
        header: t('scans.infected'),
        cell: (scan) => formatCount(scan.summary?.infected ?? scan.progress?.infected ?? 0, language),
      },
      {
        id: 'coverage',
        header: t('scans.coverage'),
        cell: (scan) =>
          scan.summary === null ? '–' : formatPercent(coverageHundredths(scan.summary.coverage), language),
      },
      {
        id: 'started',
        header: t('scans.started'),
        cell: (scan) => <Moment at={scan.startedAt ?? scan.queuedAt} as="relative" />,
      },
      {
        id: 'actions',
        header: t('scans.actions'),
        cell: (scan) =>
          scan.endedAt === null ? (
            <ScanControls scan={scan} />
          ) : (
            <Button size="compact-sm" variant="subtle" onClick={() => show(scan)}>
              {t('scans.report')}
            </Button>
          ),
      },
    ],
    [t, language, tenant, show],
  );
}

function ScanProgressCell({ scan }: { readonly scan: Scan }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { progress, summary } = scan;
  if (summary !== null) return <span>{t('scans.filesOf', { count: summary.files })}</span>;
  if (progress === null) return <span>–</span>;
  const parts: string[] = [t('scans.filesOf', { count: progress.files })];
  if (progress.remainingMs !== null) parts.push(`~${formatDuration(progress.remainingMs, language)}`);
  return (
    <Group gap="xs" wrap="nowrap">
      {progress.percent !== null && <Progress w={40} value={progress.percent} aria-label={t('scans.progress')} />}
      <span>
        {progress.percent !== null && `${Math.floor(progress.percent)} % · `}
        {parts.join(' · ')}
      </span>
    </Group>
  );
}

function ScanControls({ scan }: { readonly scan: Scan }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const right = useRight('scans.write');
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  if (!right.has) return null;
  const send = (verb: 'pause' | 'resume'): void => {
    post(path(`/scans/${scan.id}/${verb}`)).then(() => forget('scans', 'vms'), setError);
  };
  return (
    <Group gap="xs" wrap="nowrap">
      {scan.state === 'running' && (
        <Button size="compact-sm" variant="outline" onClick={() => send('pause')}>
          {t('scans.pause')}
        </Button>
      )}
      {scan.state === 'paused' && (
        <Button size="compact-sm" variant="outline" onClick={() => send('resume')}>
          {t('scans.resume')}
        </Button>
      )}
      <Button size="compact-sm" variant="outline" color="bad" onClick={() => setAsking(true)}>
        {t('scans.cancel')}
      </Button>
      {error !== null && <ErrorNote error={error} />}
      {asking && (
        <Confirm
          title={t('scans.cancelTitle', { name: scan.vm.name })}
          consequence={t('scans.cancelConsequence')}
          verb={t('scans.cancelVerb')}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await post(path(`/scans/${scan.id}/cancel`));
            forget('scans', 'vms');
          }}
        />
      )}
    </Group>
  );
}

function ScanReport({ scan, onClose }: { readonly scan: Scan; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { summary } = scan;
  return (
    <Dialog title={`${t('scans.report')}: ${hostileToText(scan.vm.name)}`} opened onClose={onClose} size="lg">
      <Stack gap="md">
        <Group>
          <StateMark subject="scan" state={scan.state} />
        </Group>
        {scan.why !== null && <Text size="sm">{hostileToText(scan.why)}</Text>}
        <FactList
          facts={[
            [t('scans.started'), <Moment key="started" at={scan.startedAt} />],
            [t('scans.ended'), <Moment key="ended" at={scan.endedAt} />],
            [t('commands.by'), <Name key="by" text={scan.requestedBy ?? t('common.system')} />],
            ...(summary === null
              ? []
              : ([
                  [t('scans.files'), formatCount(summary.files, language)],
                  [t('scans.infected'), formatCount(summary.infected, language)],
                  [t('scans.coverage'), formatPercent(coverageHundredths(summary.coverage), language)],
                  [t('scans.took'), formatDuration(summary.elapsedMs, language)],
                  [
                    t('vms.release'),
                    <span key="release" className="mono" title={summary.patternRelease}>
                      {shortRelease(summary.patternRelease)}
                    </span>,
                  ],
                ] as const)),
          ]}
        />
        {summary !== null && (
          <>
            <Title order={3}>{t('coverage.notLookedAt')}</Title>
            <LedgerTable unscanned={summary.unscanned} all={summary.coverage.all} />
          </>
        )}
      </Stack>
    </Dialog>
  );
}
