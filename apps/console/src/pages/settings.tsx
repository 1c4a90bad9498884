// SPDX-License-Identifier: Apache-2.0
// Settings by tab: people and tokens, where notifications go, what is sent to whom, terms, support, one's own account.
import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFilter } from '../app/filter.ts';
import { Page } from '../parts/page.tsx';
import { AccountSettings } from '../settings/account.tsx';
import { ConsentSettings } from '../settings/consents.tsx';
import { ContactSettings } from '../settings/contacts.tsx';
import { DestinationSettings } from '../settings/destinations.tsx';
import { DownloadSettings } from '../settings/downloads.tsx';
import { SupportSettings } from '../settings/support.tsx';
import { TermsSettings } from '../settings/terms.tsx';
import { TokenSettings } from '../settings/tokens.tsx';
import { UserSettings } from '../settings/users.tsx';
import { WebhookSettings } from '../settings/webhook.tsx';

const TABS = [
  'users',
  'tokens',
  'contacts',
  'webhook',
  'downloads',
  'destinations',
  'consents',
  'terms',
  'support',
  'account',
] as const;
type Tab = (typeof TABS)[number];

export function SettingsPage() {
  const { t } = useTranslation();
  const [search, change] = useFilter();
  const tab = TABS.find((name) => name === search['tab']) ?? 'users';
  return (
    <Page title={t('nav.settings')}>
      <Tabs
        value={tab}
        onChange={(next) => change({ tab: next === 'users' ? undefined : (next ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`settings.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="lg">
          <Body tab={tab} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Body({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case 'users':
      return <UserSettings />;
    case 'tokens':
      return <TokenSettings />;
    case 'contacts':
      return <ContactSettings />;
    case 'webhook':
      return <WebhookSettings />;
    case 'downloads':
      return <DownloadSettings />;
    case 'destinations':
      return <DestinationSettings />;
    case 'consents':
      return <ConsentSettings />;
    case 'terms':
      return <TermsSettings />;
    case 'support':
      return <SupportSettings />;
    case 'account':
      return <AccountSettings />;
  }
}
