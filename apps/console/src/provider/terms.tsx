// SPDX-License-Identifier: Apache-2.0
// Terms and disclaimer by version (MG-9): a new version waits for each tenant's administrator.
import type { Terms } from '@lazaret/contract';
import { Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { type PageOf, useForget, useOne } from '../api/list.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { DialogButton } from '../parts/dialogs/dialog-button.tsx';
import { FormDialog } from '../parts/dialogs/form-dialog.tsx';
import { Answer, Empty } from '../parts/notes.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { NO_TEXTS, TextsFields } from './texts-fields.tsx';

const PATH = '/provider/terms';

export function ProviderTerms() {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useOne<PageOf<Terms>>('provider', PATH);
  return (
    <Stack gap="md">
      <Group>
        <DialogButton dialog={(close) => <AddTerms onClose={close} />}>{t('provider.addTerms')}</DialogButton>
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
    </Stack>
  );
}

function AddTerms({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [title, setTitle] = useState(NO_TEXTS);
  const [text, setText] = useState(NO_TEXTS);
  const publish = async (): Promise<void> => {
    await post(PATH, { title, text });
    forget('provider', 'terms', 'overview');
  };
  return (
    <FormDialog title={t('provider.addTerms')} verb={t('provider.publish')} size="xl" work={publish} onClose={onClose}>
      <TextsFields label={t('provider.noticeTitle')} value={title} onChange={setTitle} />
      <TextsFields label={t('provider.noticeText')} rows={8} value={text} onChange={setText} />
    </FormDialog>
  );
}
