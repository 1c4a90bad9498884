// SPDX-License-Identifier: Apache-2.0
// Settings by tab: people and tokens, where notifications go, what is sent to whom, terms, support, one's own account.
import { useTranslation } from 'react-i18next';
import { PageTabs } from '../parts/page-tabs.tsx';
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

const SECTIONS = {
  users: UserSettings,
  tokens: TokenSettings,
  contacts: ContactSettings,
  webhook: WebhookSettings,
  downloads: DownloadSettings,
  destinations: DestinationSettings,
  consents: ConsentSettings,
  terms: TermsSettings,
  support: SupportSettings,
  account: AccountSettings,
};
type Tab = keyof typeof SECTIONS;
const TABS = Object.keys(SECTIONS) as [Tab, ...Tab[]];

export function SettingsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.settings')}>
      <PageTabs tabs={TABS} word={(tab) => t(`settings.tabs.${tab}`)}>
        {(tab) => {
          const Section = SECTIONS[tab];
          return <Section />;
        }}
      </PageTabs>
    </Page>
  );
}
