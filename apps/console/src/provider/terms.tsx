// SPDX-License-Identifier: Apache-2.0
// Terms and disclaimer by version (MG-9): a new version waits for each tenant's administrator.
import type { Terms } from '@lazaret/contract';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { type PageOf, useForget, useOne } from '../api/list.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useSubmit } from '../parts/form.ts';
import { Moment } from '../parts/text/moment.tsx';
import { Answer, Empty, ErrorNote } from '../parts/notes.tsx';
import { NO_TEXTS, TextsFields } from './texts-fields.tsx';

const PATH = '/provider/terms';

export function ProviderTerms() {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useOne<PageOf<Terms>>('provider', PATH);
  const [adding, setAdding] = useState(false);
  return (
    <Stack gap="md">
      <Group>
        <Button onClick={() => setAdding(true)}>{t('provider.addTerms')}</Button>
      </Group>
      <Answer query={query}>
        {({ items }) => (
          <>
            {items.length === 0 && <Empty title={t('terms.none')}>{t('provider.termsAdvice')}</Empty>}
            {items.map((terms) => (
              <article key={terms.version} className="fact">
                <Text fw={600}>{terms.title[language]}</Text>
                <Text size="sm" component="div">
                  {t('terms.version', { version: terms.version })} · <Moment at={terms.publishedAt} />
                </Text>
              </article>
            ))}
          </>
        )}
      </Answer>
      {adding && <AddTerms onClose={() => setAdding(false)} />}
    </Stack>
  );
}

function AddTerms({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [title, setTitle] = useState(NO_TEXTS);
  const [text, setText] = useState(NO_TEXTS);
  const submit = useSubmit(async () => {
    await post(PATH, { title, text });
    forget('provider', 'terms', 'overview');
    onClose();
  });
  return (
    <Dialog title={t('provider.addTerms')} opened onClose={onClose} size="xl">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <TextsFields label={t('provider.noticeTitle')} value={title} onChange={setTitle} />
          <TextsFields label={t('provider.noticeText')} rows={8} value={text} onChange={setText} />
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={submit.busy}>
              {t('provider.publish')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
