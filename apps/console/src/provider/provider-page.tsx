// SPDX-License-Identifier: Apache-2.0
// The provider's own place: what holds for all tenants. It shows no file name and no data of a tenant.
import { Container, Group, Stack, Tabs, Text } from '@mantine/core';
import { Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { useFilter } from '../app/filter.ts';
import { ButtonLink } from '../app/links.tsx';
import { LanguageButton, SchemeButton } from '../app/shell.tsx';
import { Logo } from '../parts/icons.tsx';
import { Empty, Loading } from '../parts/notes.tsx';
import { Page } from '../parts/page.tsx';
import { ProviderGeneral } from './general.tsx';
import { ProviderMail } from './mail.tsx';
import { ProviderNotices } from './notices.tsx';
import { ProviderReleases } from './releases.tsx';
import { ProviderTenants } from './tenants.tsx';
import { ProviderTerms } from './terms.tsx';

const TABS = ['general', 'mail', 'releases', 'tenants', 'notices', 'terms'] as const;
type Tab = (typeof TABS)[number];

export function ProviderPage() {
  const { t } = useTranslation();
  const session = useSession();
  if (session.error instanceof ApiError && session.error.status === 401)
    return <Navigate to="/sign-in" search={{ next: '/p' }} replace />;
  return (
    <Container size="lg" py="md">
      <Stack gap="lg">
        <Group justify="space-between" component="header">
          <Group gap="sm">
            <Logo />
            <Text fw={600}>Lazaret</Text>
          </Group>
          <Group gap="xs">
            <LanguageButton />
            <SchemeButton />
            <ButtonLink variant="outline" to="/">
              {t('provider.back')}
            </ButtonLink>
          </Group>
        </Group>
        <main>
          <Page title={t('provider.title')}>
            {session.data === undefined && <Loading />}
            {session.data?.providerRights.includes('provider.read') === true && <Sections />}
            {session.data?.providerRights.length === 0 && (
              <Empty title={t('rights.missing', { roles: t('roles.provider') })} />
            )}
          </Page>
        </main>
      </Stack>
    </Container>
  );
}

function Sections() {
  const { t } = useTranslation();
  const [search, change] = useFilter();
  const tab = TABS.find((name) => name === search['tab']) ?? 'general';
  return (
    <Tabs
      value={tab}
      onChange={(next) => change({ tab: next === 'general' ? undefined : (next ?? undefined) })}
      keepMounted={false}
    >
      <Tabs.List>
        {TABS.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`provider.tabs.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} pt="lg">
        <Body tab={tab} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Body({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case 'general':
      return <ProviderGeneral />;
    case 'mail':
      return <ProviderMail />;
    case 'releases':
      return <ProviderReleases />;
    case 'tenants':
      return <ProviderTenants />;
    case 'notices':
      return <ProviderNotices />;
    case 'terms':
      return <ProviderTerms />;
  }
}
