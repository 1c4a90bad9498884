// SPDX-License-Identifier: Apache-2.0
// What needs a person comes first, worst first; then figures, each of which leads to exactly its rows.
import type { Alarm, Need, Overview } from '@lazaret/contract';
import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useOne } from '../api/list.ts';
import { useTenantId, useTenantPath } from '../api/session.ts';
import { ButtonLink, TextLink } from '../app/links.tsx';
import { formatCount } from '../i18n/format.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { AlarmText } from '../parts/text/alarm-text.tsx';
import { FileName } from '../parts/text/file-name.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Answer, Empty } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';
import { StateMark, ToneMark } from '../parts/state-mark.tsx';
import { Name } from '../parts/text/name.tsx';

export function OverviewPage() {
  const { t } = useTranslation();
  const path = useTenantPath();
  const query = useOne<Overview>('overview', path('/overview'));
  return (
    <Page title={t('nav.overview')}>
      <Answer query={query}>{(overview) => <Content overview={overview} />}</Answer>
    </Page>
  );
}

function Content({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xl">
      <section aria-labelledby="needs">
        <Title order={2} id="needs" mb="sm">
          {t('overview.needs', { count: overview.needsTotal })}
        </Title>
        {overview.needs.length === 0 ? (
          <NothingNeedsYou overview={overview} />
        ) : (
          overview.needs.map((need) => <NeedRow key={keyOf(need)} need={need} />)
        )}
        {overview.needsTotal > overview.needs.length && (
          <Text size="sm" mt="sm">
            {t('overview.more', { count: overview.needsTotal - overview.needs.length })}
          </Text>
        )}
      </section>
      <Figures overview={overview} />
      <Next overview={overview} />
    </Stack>
  );
}

function NothingNeedsYou({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  if (overview.vms.total === 0)
    return (
      <Empty
        title={t('overview.noVms')}
        action={
          <ButtonLink to="/t/$tenant/vms/add" params={{ tenant }}>
            {t('vms.add')}
          </ButtonLink>
        }
      >
        {t('overview.noVmsAdvice')}
      </Empty>
    );
  return <Empty title={t('overview.nothing')}>{t('overview.nothingAdvice', { count: overview.vms.total })}</Empty>;
}

function keyOf(need: Need): string {
  switch (need.kind) {
    case 'alarm':
      return need.alarm.id;
    case 'action-failed':
      return need.detection.id;
    case 'setup':
      return need.step;
  }
}

function NeedRow({ need }: { readonly need: Need }) {
  switch (need.kind) {
    case 'alarm':
      return <AlarmNeed alarm={need.alarm} />;
    case 'action-failed':
      return <FailedNeed need={need} />;
    case 'setup':
      return <SetupNeed need={need} />;
  }
}

function Row({
  mark,
  children,
  since,
  action,
}: {
  readonly mark: ReactNode;
  readonly children: ReactNode;
  readonly since: string | null;
  readonly action: ReactNode;
}) {
  return (
    <div className="need">
      <div className="need-mark">{mark}</div>
      <div className="need-text">{children}</div>
      {since !== null && <Moment at={since} as="relative" />}
      <div className="need-action">{action}</div>
    </div>
  );
}

function AlarmNeed({ alarm }: { readonly alarm: Alarm }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const action =
    alarm.vm === null ? (
      <ButtonLink size="compact-sm" variant="outline" to="/t/$tenant/alarms" params={{ tenant }}>
        {t('overview.why')}
      </ButtonLink>
    ) : (
      <ButtonLink size="compact-sm" variant="outline" to="/t/$tenant/vms/$id" params={{ tenant, id: alarm.vm.id }}>
        {t('overview.open')}
      </ButtonLink>
    );
  return (
    <Row mark={<StateMark subject="alarm" state={alarm.kind} />} since={alarm.since} action={action}>
      <AlarmText alarm={alarm} />
    </Row>
  );
}

function FailedNeed({ need }: { readonly need: Extract<Need, { kind: 'action-failed' }> }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const { detection } = need;
  return (
    <Row
      mark={<StateMark subject="result" state={detection.result} />}
      since={need.since}
      action={
        <ButtonLink
          size="compact-sm"
          variant="outline"
          to="/t/$tenant/detections/$id"
          params={{ tenant, id: detection.id }}
        >
          {t('overview.open')}
        </ButtonLink>
      }
    >
      <Name text={detection.vm.name} /> <FileName path={detection.path} />
    </Row>
  );
}

/** Where a step that was left out is done later. */
const SETUP_PAGE = {
  'agents-address': { to: '/p', tab: '' },
  mail: { to: '/p', tab: 'mail' },
  contacts: { to: '/t/$tenant/settings', tab: 'contacts' },
  patterns: { to: '/p', tab: 'releases' },
  terms: { to: '/t/$tenant/settings', tab: 'terms' },
  'first-vm': { to: '/t/$tenant/vms/add', tab: '' },
} as const;

function SetupNeed({ need }: { readonly need: Extract<Need, { kind: 'setup' }> }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const { to, tab } = SETUP_PAGE[need.step];
  return (
    <Row
      mark={<ToneMark tone="watch">{t('overview.setup')}</ToneMark>}
      since={need.since}
      action={
        <ButtonLink
          size="compact-sm"
          variant="outline"
          to={to}
          params={{ tenant }}
          search={(tab === '' ? {} : { tab }) as never}
        >
          {t('overview.do')}
        </ButtonLink>
      }
    >
      {t(`overview.steps.${need.step}`)}
    </Row>
  );
}

function Figures({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const tenant = useTenantId();
  const week = new Date(Date.now() - 7 * 86_400_000).toISOString();
  const count = (value: number): string => formatCount(value, language);
  return (
    <section aria-label={t('overview.figures')} className="figures">
      <Figure number={`${count(overview.vms.protected)}/${count(overview.vms.total)}`}>
        <TextLink to="/t/$tenant/vms" params={{ tenant }} search={{ protection: 'protected' } as never}>
          {t('overview.protected')}
        </TextLink>
      </Figure>
      <Figure number={count(overview.notScanned)}>
        <TextLink to="/t/$tenant/scans" params={{ tenant }}>
          {t('overview.notScanned')}
        </TextLink>
      </Figure>
      <Figure number={count(overview.detections7Days)}>
        <TextLink to="/t/$tenant/detections" params={{ tenant }} search={{ from: week } as never}>
          {t('overview.found')}
        </TextLink>
      </Figure>
      <Figure number={count(overview.held)}>
        <TextLink to="/t/$tenant/quarantine" params={{ tenant }}>
          {t('overview.held')}
        </TextLink>
      </Figure>
    </section>
  );
}

function Figure({ number, children }: { readonly number: string; readonly children: ReactNode }) {
  return (
    <div>
      <div className="figure-number">{number}</div>
      {children}
    </div>
  );
}

function Next({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const { next } = overview;
  return (
    <section aria-labelledby="next">
      <Title order={2} id="next" mb="sm">
        {t('overview.next')}
      </Title>
      <Group gap="xl">
        <Text size="sm" component="div">
          {t('overview.nextPatterns')} <Moment at={next.patterns} />
        </Text>
        <Text size="sm" component="div">
          {t('overview.nextScan')} <Moment at={next.scan} /> {next.scanVm !== null && <Name text={next.scanVm.name} />}
        </Text>
      </Group>
    </section>
  );
}
