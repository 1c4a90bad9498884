// SPDX-License-Identifier: Apache-2.0
// One VM: three facts and why, then what it has by tabs. Offline, its last-known values stay, dated.
import type { VmDetail } from '@lazaret/contract';
import { Button, Menu, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useForget, useOne } from '../../api/list.ts';
import { useRight, useTenantId, useTenantPath } from '../../api/session.ts';
import { useParams } from '@tanstack/react-router';
import { useFilter } from '../../app/filter.ts';
import { TextLink } from '../../app/links.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Answer, ErrorNote, Note } from '../../parts/notes.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { Page } from '../../parts/page.tsx';
import { ProtectionMark, useProtectionText } from '../../parts/protection.tsx';
import { StarterNote, WhatProtects } from '../../parts/protects.tsx';
import { RightButton } from '../../parts/right-button.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { VmCoverage } from './vm-coverage.tsx';
import { VmCommands, VmDetections, VmQuarantine, VmScans } from './vm-lists.tsx';
import { VmEvents } from './vm-events.tsx';
import { EditVm } from './vm-edit.tsx';
import { RetireVms } from './vm-retire.tsx';
import { ScanVms } from './vm-scan.tsx';
import { VmRealtime } from './vm-realtime.tsx';
import { VmSystem } from './vm-system.tsx';
import { Name } from '../../parts/text/name.tsx';

/** Counts come with every check-in; a live event for each of them would make every open page of the tenant fetch again. */
const COUNTS_AGAIN_MS = 5_000;

export function VmDetailPage() {
  const { id = '' } = useParams({ strict: false });
  const path = useTenantPath();
  const [search] = useFilter();
  const againMs = search['tab'] === 'realtime' ? COUNTS_AGAIN_MS : undefined;
  const query = useOne<VmDetail>('vms', path(`/vms/${id}`), {}, true, againMs);
  return <Answer query={query}>{(vm) => <Content vm={vm} />}</Answer>;
}

function Content({ vm }: { readonly vm: VmDetail }) {
  const { t } = useTranslation();
  return (
    <Page title={<Name text={vm.name} />} name={vm.name} actions={<Actions vm={vm} />}>
      {vm.link.state === 'pending' && <PendingNote vm={vm} />}
      {vm.link.state === 'offline' && (
        <Note tone="watch" title={t('vm.offline')}>
          {t('vm.lastKnown')} <Moment at={vm.link.lastSeenAt} />
        </Note>
      )}
      <ThreeFacts vm={vm} />
      <StarterNote vm={vm} />
      <VmTabs vm={vm} />
    </Page>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="fact">
      <h2 className="fact-title">{title}</h2>
      <Stack gap={4} align="flex-start">
        {children}
      </Stack>
    </div>
  );
}

function ThreeFacts({ vm }: { readonly vm: VmDetail }) {
  const { t } = useTranslation();
  const protection = useProtectionText();
  const { desired, applied } = vm.settings;
  const tenant = useTenantId();
  return (
    <div className="three-facts">
      <Fact title={t('vms.link')}>
        <StateMark subject="link" state={vm.link.state} />
        <Text size="sm" component="span">
          {t('vms.lastSeen')}: <Moment at={vm.link.lastSeenAt} as="relative" vmZone={vm.system.zone} />
        </Text>
      </Fact>
      <Fact title={t('vms.protection')}>
        <ProtectionMark protection={vm.protection} />
        <Text size="sm">{protection.reason(vm.protection)}</Text>
        <WhatProtects vm={vm} />
      </Fact>
      <Fact title={t('vms.settings')}>
        <StateMark subject="settings" state={vm.settings.state} />
        {desired !== null && (
          <Text size="sm" component="span">
            <TextLink to="/t/$tenant/policies/$id" params={{ tenant, id: desired.policyId }}>
              <Name text={desired.name} />
            </TextLink>{' '}
            {applied?.revision === desired.revision
              ? t('vm.revision', { revision: desired.revision })
              : t('vm.revisionChange', { from: applied?.revision ?? '?', to: desired.revision })}
          </Text>
        )}
        {vm.notApplied.length > 0 && <Text size="sm">{t('vm.notApplied', { fields: vm.notApplied.join(', ') })}</Text>}
      </Fact>
    </div>
  );
}

function PendingNote({ vm }: { readonly vm: VmDetail }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const [error, setError] = useState<Error | null>(null);
  const accept = (): void => {
    post(path(`/vms/${vm.id}/accept`)).then(() => forget('vms', 'overview', 'alarms'), setError);
  };
  return (
    <Note tone="watch" title={t('vm.pending')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {vm.origin === null
            ? t('vm.pendingAdvice')
            : t('vm.pendingOrigin', { name: vm.origin.cloneOf.name, addresses: vm.origin.addresses.join(', ') })}
        </Text>
        {error !== null && <ErrorNote error={error} />}
        <RightButton right="vms.write" onClick={accept}>
          {t('vm.accept')}
        </RightButton>
      </Stack>
    </Note>
  );
}

function Actions({ vm }: { readonly vm: VmDetail }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const write = useRight('vms.write');
  const [open, setOpen] = useState<'scan' | 'edit' | 'retire' | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const close = (): void => setOpen(null);
  const command = (kind: 'update' | 'diagnostics'): void => {
    setError(null);
    post(path(`/vms/${vm.id}/commands`), { kind }).then(() => forget('commands'), setError);
  };
  return (
    <>
      <RightButton right="scans.write" onClick={() => setOpen('scan')}>
        {t('vms.scan')}
      </RightButton>
      <RightButton right="vms.write" variant="outline" onClick={() => command('update')}>
        {t('vms.update')}
      </RightButton>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="outline" color="neutral">
            {t('common.moreActions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!write.has} onClick={() => setOpen('edit')}>
            {t('vm.edit')}
          </Menu.Item>
          <Menu.Item disabled={!write.has} onClick={() => command('diagnostics')}>
            {t('vm.diagnostics')}
          </Menu.Item>
          <Menu.Item disabled={!write.has} color="bad" onClick={() => setOpen('retire')}>
            {t('vms.retire')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {error !== null && <ErrorNote error={error} />}
      {open === 'scan' && <ScanVms vms={[vm]} onClose={close} />}
      {open === 'edit' && <EditVm vm={vm} onClose={close} />}
      {open === 'retire' && (
        <RetireVms
          vms={[vm]}
          onClose={close}
          onDone={close}
          {...(vm.vault === null ? {} : { held: vm.vault.entries })}
        />
      )}
    </>
  );
}

const TABS = ['state', 'realtime', 'detections', 'scans', 'coverage', 'quarantine', 'commands', 'events'] as const;

function VmTabs({ vm }: { readonly vm: VmDetail }) {
  const { t } = useTranslation();
  return (
    <PageTabs tabs={TABS} word={(tab) => t(`vm.tabs.${tab}`)}>
      {(tab) => <TabBody tab={tab} vm={vm} />}
    </PageTabs>
  );
}

function TabBody({ tab, vm }: { readonly tab: (typeof TABS)[number]; readonly vm: VmDetail }) {
  switch (tab) {
    case 'state':
      return <VmSystem vm={vm} />;
    case 'realtime':
      return <VmRealtime vm={vm} />;
    case 'detections':
      return <VmDetections vmId={vm.id} />;
    case 'scans':
      return <VmScans vmId={vm.id} />;
    case 'coverage':
      return <VmCoverage vm={vm} />;
    case 'quarantine':
      return <VmQuarantine vmId={vm.id} />;
    case 'commands':
      return <VmCommands vmId={vm.id} />;
    case 'events':
      return <VmEvents vmId={vm.id} />;
  }
}
