// SPDX-License-Identifier: Apache-2.0
// Terms and disclaimer of the provider, by version, and who accepted them (MG-9).
import type { tenantTermsSchema } from '@lazaret/contract';
import { Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import { post } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useWork } from '../parts/form.ts';
import { Moment } from '../parts/text/moment.tsx';
import { Answer, Empty, ErrorNote, Note } from '../parts/notes.tsx';
import { RightButton } from '../parts/right-button.tsx';
import { Name } from '../parts/text/name.tsx';

type TenantTerms = z.infer<typeof tenantTermsSchema>;

export function TermsSettings() {
  const path = useTenantPath()('/terms');
  const query = useOne<TenantTerms>('terms', path);
  return <Answer query={query}>{(terms) => <Content terms={terms} path={path} />}</Answer>;
}

function Content({ terms, path }: { readonly terms: TenantTerms; readonly path: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const forget = useForget();
  const { current } = terms;
  const accept = useWork(async () => {
    await post(`${path}/accept`, { version: current?.version });
    forget('terms', 'overview');
  });
  if (current === null) return <Empty title={t('terms.none')}>{t('terms.noneAdvice')}</Empty>;
  return (
    <Stack gap="md" maw={800}>
      <Title order={2}>{current.title[language]}</Title>
      <Text size="sm" component="div">
        {t('terms.version', { version: current.version })} · <Moment at={current.publishedAt} />
      </Text>
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        {current.text[language]}
      </Text>
      {terms.pending ? (
        <Note tone="watch" title={t('terms.pending')}>
          <Group mt="xs">
            <RightButton right="terms.write" loading={accept.busy} onClick={accept.run}>
              {t('terms.accept', { version: current.version })}
            </RightButton>
          </Group>
        </Note>
      ) : (
        <Note tone="ok" title={t('terms.accepted')} />
      )}
      {accept.error !== null && <ErrorNote error={accept.error} />}
      {terms.accepted.length > 0 && <Title order={3}>{t('terms.acceptances')}</Title>}
      <ul className="plain">
        {terms.accepted.map((acceptance) => (
          <li key={acceptance.version}>
            {t('terms.version', { version: acceptance.version })} · <Name text={acceptance.by} /> ·{' '}
            <Moment at={acceptance.at} />
          </li>
        ))}
      </ul>
    </Stack>
  );
}
