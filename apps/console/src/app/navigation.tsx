// SPDX-License-Identifier: Apache-2.0
import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useTenantId } from '../api/session.ts';
import { MenuLink } from './links.tsx';

/** In the order of a day's work: what needs a person, the VMs, what was found, how it is set, the rest. */
export const DESTINATIONS = [
  { to: '/t/$tenant', word: 'overview' },
  { to: '/t/$tenant/vms', word: 'vms' },
  { to: '/t/$tenant/detections', word: 'detections' },
  { to: '/t/$tenant/quarantine', word: 'quarantine' },
  { to: '/t/$tenant/scans', word: 'scans' },
  { to: '/t/$tenant/policies', word: 'policies' },
  { to: '/t/$tenant/exceptions', word: 'exceptions' },
  { to: '/t/$tenant/patterns', word: 'patterns' },
  { to: '/t/$tenant/alarms', word: 'alarms' },
  { to: '/t/$tenant/notices', word: 'notices' },
  { to: '/t/$tenant/audit', word: 'audit' },
  { to: '/t/$tenant/settings', word: 'settings' },
] as const;

export function Navigation({ onGo }: { readonly onGo: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  return (
    <Stack gap={0}>
      {DESTINATIONS.map(({ to, word }) => (
        <MenuLink
          key={word}
          to={to}
          params={{ tenant }}
          activeOptions={{ exact: word === 'overview', includeSearch: false }}
          activeProps={{ active: true, 'aria-current': 'page' }}
          label={t(`nav.${word}`)}
          onClick={onGo}
        />
      ))}
    </Stack>
  );
}
