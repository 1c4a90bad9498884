// SPDX-License-Identifier: Apache-2.0
// Who is told, in which language, of what (AC-11, MG-4, MG-6).
import { CONTACT_TOPICS, type Contact } from '@lazaret/contract';
import { Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { useRight, useTenantPath } from '../api/session.ts';
import { useSubmit } from '../parts/form.ts';
import { Answer, Empty, ErrorNote, Note } from '../parts/notes.tsx';
import { TestDelivery } from './test-delivery.tsx';

interface Contacts {
  readonly contacts: readonly Contact[];
}

export function ContactSettings() {
  const path = useTenantPath()('/settings/contacts');
  const query = useOne<Contacts>('settings', path);
  return (
    <Answer query={query}>
      {({ contacts }) => <Form key={JSON.stringify(contacts)} contacts={contacts} path={path} />}
    </Answer>
  );
}

function Form({ contacts, path }: Contacts & { readonly path: string }) {
  const { t } = useTranslation();
  const forget = useForget();
  const right = useRight('settings.write');
  const [rows, setRows] = useState<readonly Contact[]>(contacts);
  const [saved, setSaved] = useState(false);
  const change = (next: readonly Contact[]): void => {
    setRows(next);
    setSaved(false);
  };
  const submit = useSubmit(async () => {
    await put(path, { contacts: rows });
    forget('settings', 'overview');
    setSaved(true);
  });
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md">
        <Text size="sm">{t('contacts.advice')}</Text>
        {rows.length === 0 && <Empty title={t('contacts.none')}>{t('contacts.noneAdvice')}</Empty>}
        {rows.map((contact, index) => (
          <ContactRow
            key={index}
            contact={contact}
            onChange={(next) => change(rows.map((each, at) => (at === index ? next : each)))}
            onRemove={() => change(rows.filter((_, at) => at !== index))}
          />
        ))}
        {submit.error !== null && <ErrorNote error={submit.error} />}
        {saved && <Note tone="ok" title={t('common.saved')} />}
        <Group>
          <Button
            variant="outline"
            disabled={!right.has}
            onClick={() => change([...rows, { email: '', language: 'en', topics: [...CONTACT_TOPICS] }])}
          >
            {t('contacts.add')}
          </Button>
          <Button type="submit" disabled={!right.has} loading={submit.busy}>
            {t('common.save')}
          </Button>
          <TestDelivery send={() => post(`${path}/test`)} />
        </Group>
      </Stack>
    </form>
  );
}

interface RowProps {
  readonly contact: Contact;
  readonly onChange: (contact: Contact) => void;
  readonly onRemove: () => void;
}

function ContactRow({ contact, onChange, onRemove }: RowProps) {
  const { t } = useTranslation();
  return (
    <Group align="flex-end" gap="sm">
      <TextInput
        w={280}
        type="email"
        required
        label={t('signIn.email')}
        value={contact.email}
        onChange={(event) => onChange({ ...contact, email: event.currentTarget.value })}
      />
      <Select
        w={140}
        label={t('contacts.language')}
        allowDeselect={false}
        data={[
          { value: 'en', label: 'English' },
          { value: 'ja', label: '日本語' },
        ]}
        value={contact.language}
        onChange={(language) => onChange({ ...contact, language: language ?? contact.language })}
      />
      <Checkbox.Group
        label={t('contacts.topics')}
        value={contact.topics}
        onChange={(topics) => onChange({ ...contact, topics: topics })}
      >
        <Group gap="sm" h={36}>
          {CONTACT_TOPICS.map((topic) => (
            <Checkbox key={topic} value={topic} label={t(`contacts.topic.${topic}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <Button
        variant="subtle"
        color="bad"
        aria-label={t('contacts.remove', { email: contact.email })}
        onClick={onRemove}
      >
        {t('common.remove')}
      </Button>
    </Group>
  );
}
