// SPDX-License-Identifier: Apache-2.0
// The provider's own place: what holds for all tenants. It shows no file name and no data of a tenant.
import { Container, Group, Stack, Text } from '@mantine/core';
import { Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { ButtonLink } from '../app/links.tsx';
import { LanguageButton, SchemeButton } from '../app/shell.tsx';
import { Logo } from '../parts/icons.tsx';
import { Empty, Loading } from '../parts/notes.tsx';
import { PageTabs } from '../parts/page-tabs.tsx';
import { Page } from '../parts/page.tsx';
import { ProviderGeneral } from './general.tsx';
import { ProviderMail } from './mail.tsx';
import { ProviderNotices } from './notices.tsx';
import { ProviderReleases } from './releases.tsx';
import { ProviderTenants } from './tenants.tsx';
import { ProviderTerms } from './terms.tsx';

const SECTIONS = {
  general: ProviderGeneral,
  mail: ProviderMail,
  releases: ProviderReleases,
  tenants: ProviderTenants,
  notices: ProviderNotices,
  terms: ProviderTerms,
};
type Tab = keyof typeof SECTIONS;
const TABS = Object.keys(SECTIONS) as [Tab, ...Tab[]];

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
  return (
    <PageTabs tabs={TABS} word={(tab) => t(`provider.tabs.${tab}`)}>
      {(tab) => {
        const Section = SECTIONS[tab];
        return <Section />;
      }}
    </PageTabs>
  );
}
