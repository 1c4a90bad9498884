// SPDX-License-Identifier: Apache-2.0
// Whom to ask (MG-9). Diagnostics of one VM are on its page.
import type { SupportContact } from '@lazaret/contract';
import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useOne } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { FactList } from '../parts/text/fact-list.tsx';
import { Answer, Empty } from '../parts/notes.tsx';

export function SupportSettings() {
  const { t } = useTranslation();
  const path = useTenantPath()('/settings/support');
  const query = useOne<{ readonly support: SupportContact | null }>('settings', path);
  return (
    <Answer query={query}>
      {({ support }) =>
        support === null ? (
          <Empty title={t('support.none')}>{t('support.noneAdvice')}</Empty>
        ) : (
          <Stack gap="md">
            <FactList
              facts={[
                [t('support.name'), support.name],
                [
                  t('signIn.email'),
                  support.email === null ? null : (
                    <a key="mail" href={`mailto:${support.email}`}>
                      {support.email}
                    </a>
                  ),
                ],
                [t('support.phone'), support.phone],
                [
                  t('support.url'),
                  support.url === null ? null : (
                    <a key="url" href={support.url} rel="noreferrer noopener" target="_blank">
                      {support.url}
                    </a>
                  ),
                ],
                [t('support.hours'), support.hours],
              ]}
            />
            <Text size="sm">{t('support.diagnostics')}</Text>
          </Stack>
        )
      }
    </Answer>
  );
}
