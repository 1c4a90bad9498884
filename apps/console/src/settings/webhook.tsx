// SPDX-License-Identifier: Apache-2.0
// A webhook whose deliveries are signed by a secret that is shown once.
import { CONTACT_TOPICS, type Webhook } from '@lazaret/contract';
import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { useRight, useTenantPath } from '../api/session.ts';
import { Copy } from '../parts/copy-button.tsx';
import { useSubmit } from '../parts/form.ts';
import { Answer, ErrorNote, Note } from '../parts/notes.tsx';
import { TestDelivery } from './test-delivery.tsx';

export function WebhookSettings() {
  const path = useTenantPath()('/settings/webhook');
  const query = useOne<Webhook>('settings', path);
  return <Answer query={query}>{(webhook) => <Form webhook={webhook} path={path} />}</Answer>;
}

function Form({ webhook, path }: { readonly webhook: Webhook; readonly path: string }) {
  const { t } = useTranslation();
  const forget = useForget();
  const right = useRight('settings.write');
  const [url, setUrl] = useState(webhook.url ?? '');
  const [topics, setTopics] = useState<string[]>([...webhook.topics]);
  const [newSecret, setNewSecret] = useState(!webhook.secretSet);
  const [secret, setSecret] = useState<string | null>(null);
  const submit = useSubmit(async () => {
    const changed = await put<{ readonly secret: string | null }>(path, {
      url: url === '' ? null : url,
      topics,
      newSecret,
    });
    setSecret(changed.secret);
    setNewSecret(false);
    forget('settings');
  });
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md" maw={560}>
        <Text size="sm">{t('webhook.advice')}</Text>
        <TextInput
          type="url"
          label={t('webhook.url')}
          placeholder="https://…"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Checkbox.Group label={t('contacts.topics')} value={topics} onChange={setTopics}>
          <Group gap="sm" mt="xs">
            {CONTACT_TOPICS.map((topic) => (
              <Checkbox key={topic} value={topic} label={t(`contacts.topic.${topic}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        <Checkbox
          label={t('webhook.newSecret')}
          checked={newSecret}
          onChange={(event) => setNewSecret(event.currentTarget.checked)}
        />
        {secret !== null && (
          <Note tone="watch" title={t('webhook.secretOnce')}>
            <Group gap="sm">
              <code className="mono">{secret}</code>
              <Copy text={secret} />
            </Group>
          </Note>
        )}
        {submit.error !== null && <ErrorNote error={submit.error} />}
        <Group>
          <Button type="submit" disabled={!right.has} loading={submit.busy}>
            {t('common.save')}
          </Button>
          {webhook.url !== null && <TestDelivery send={() => post(`${path}/test`)} />}
        </Group>
      </Stack>
    </form>
  );
}
