// SPDX-License-Identifier: Apache-2.0
// The frame of all pages of a tenant: name, search, language, colours, what is lost or announced, navigation, live events.
import type { Session } from '@lazaret/contract';
import { AppShell, Burger, Button, Group, Menu, Text, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError, remove } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import { useSession, useTenantId } from '../api/session.ts';
import { setLanguage } from '../i18n/index.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { Logo } from '../parts/icons.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { ErrorNote, Loading } from '../parts/notes.tsx';
import { useNow } from '../parts/use-now.ts';
import { GoDialog } from './go-dialog.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Navigation } from './navigation.tsx';
import { NoticeBands } from './notice-bands.tsx';
import { useShortcuts } from './shortcuts.ts';
import { Name } from '../parts/text/name.tsx';

/** A reconnect within this time is nothing that a person must know. */
const LOST_SHOWN_MS = 8_000;

export function Shell() {
  const session = useSession();
  const location = useLocation();
  if (session.error instanceof ApiError && session.error.status === 401)
    return <Navigate to="/sign-in" search={{ next: location.href }} replace />;
  if (session.error !== null && session.data === undefined)
    return <ErrorNote error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data === undefined) return <Loading />;
  return <Frame session={session.data} />;
}

function Frame({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const tenantId = useTenantId();
  const live = useLive(tenantId);
  const [menuOpen, menu] = useDisclosure(false);
  const [goOpen, go] = useDisclosure(false);
  const [helpOpen, help] = useDisclosure(false);
  useShortcuts({ onGo: go.open, onHelp: help.open });
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'md', collapsed: { mobile: !menuOpen } }}
      padding="lg"
    >
      <AppShell.Header>
        <a className="skip-link" href="#main">
          {t('shell.skip')}
        </a>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
            <Burger opened={menuOpen} onClick={menu.toggle} hiddenFrom="md" size="sm" aria-label={t('shell.menu')} />
            <Logo />
            <Text fw={600} visibleFrom="xs">
              Lazaret
            </Text>
            <TenantMenu session={session} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Button variant="subtle" color="neutral" onClick={go.open} aria-keyshortcuts="Control+K" px="sm">
              {t('shell.go')}
            </Button>
            <LanguageButton />
            <SchemeButton />
            <UserMenu session={session} onHelp={help.open} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('shell.menu')}>
        <Navigation onGo={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <ConsentBand session={session} />
        <LostBand lostAt={live.lostAt} />
        <NoticeBands />
        <Outlet />
      </AppShell.Main>
      <GoDialog opened={goOpen} onClose={go.close} />
      <HelpDialog opened={helpOpen} onClose={help.close} />
    </AppShell>
  );
}

/** MG-2c: whoever is here by a consent is never to forget it. */
function ConsentBand({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const tenantId = useTenantId();
  const tenant = session.tenants.find(({ id }) => id === tenantId);
  if (tenant === undefined || tenant.consentUntil === null) return null;
  return (
    <div className="band consent-band" data-tone="watch">
      {t('shell.provider')} <Name text={tenant.name} /> · {t('consents.to')} <Moment at={tenant.consentUntil} /> ·{' '}
      {t('shell.audited')}
    </div>
  );
}

function LostBand({ lostAt }: { readonly lostAt: string | null }) {
  const { t } = useTranslation();
  const now = useNow();
  if (lostAt === null || now - Date.parse(lostAt) < LOST_SHOWN_MS) return null;
  return (
    <div className="band" data-tone="partial" role="status">
      {t('shell.lost')} <Moment at={lostAt} as="relative" />
    </div>
  );
}

function TenantMenu({ session }: { readonly session: Session }) {
  const tenantId = useTenantId();
  const { t } = useTranslation();
  const name = session.tenants.find(({ id }) => id === tenantId)?.name ?? t('shell.noTenant');
  if (session.tenants.length < 2)
    return (
      <Text size="sm" truncate>
        <Name text={name} />
      </Text>
    );
  return (
    <Menu>
      <Menu.Target>
        <Button variant="subtle" color="neutral" px="xs" aria-label={t('shell.tenant', { name })}>
          <Name text={name} />
          &nbsp;▾
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {session.tenants.map((tenant) => (
          <Menu.Item key={tenant.id} component="a" href={`/t/${tenant.id}`}>
            <Name text={tenant.name} />
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Named in the language that it leads to. */
export function LanguageButton() {
  const language = useLanguage();
  const next = language === 'en' ? 'ja' : 'en';
  return (
    <Button variant="subtle" color="neutral" px="sm" lang={next} onClick={() => setLanguage(next)}>
      {next === 'ja' ? '日本語' : 'English'}
    </Button>
  );
}

export function SchemeButton() {
  const { t } = useTranslation();
  const { toggleColorScheme } = useMantineColorScheme();
  return (
    <Button variant="subtle" color="neutral" px="sm" onClick={toggleColorScheme} aria-label={t('shell.scheme')}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.6a6.4 6.4 0 0 1 0 12.8z" fill="currentColor" />
      </svg>
    </Button>
  );
}

function UserMenu({ session, onHelp }: { readonly session: Session; readonly onHelp: () => void }) {
  const { t } = useTranslation();
  const name = session.user?.name ?? '';
  const signOut = async (): Promise<void> => {
    await remove('/session').catch(() => undefined);
    // A full load: nothing of this user stays in the page's memory.
    window.location.assign('/sign-in');
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" color="neutral" px="sm" aria-label={t('shell.user', { name })}>
          <Text size="sm" truncate maw={120} visibleFrom="sm" component="span">
            <Name text={name} />
          </Text>
          <span aria-hidden="true">&nbsp;⋯</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {session.providerRights.includes('provider.read') && (
          <Menu.Item component="a" href="/p">
            {t('provider.title')}
          </Menu.Item>
        )}
        <Menu.Item onClick={onHelp}>{t('shell.help')}</Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{t('shell.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
