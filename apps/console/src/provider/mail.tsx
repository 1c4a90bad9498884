// SPDX-License-Identifier: Apache-2.0
// The mail server for all notifications; its password goes in and never comes out.
import type { SmtpSettings } from '@lazaret/contract';
import { Button, Group, NumberInput, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { put, remove } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { useSubmit } from '../parts/form.ts';
import { Answer, ErrorNote, Note } from '../parts/notes.tsx';

const PATH = '/provider/settings/smtp';
const NONE: SmtpSettings = { host: '', port: 587, security: 'starttls', user: null, from: '', passwordSet: false };

export function ProviderMail() {
  const query = useOne<{ readonly smtp: SmtpSettings | null }>('provider', PATH);
  return <Answer query={query}>{({ smtp }) => <Form smtp={smtp} />}</Answer>;
}

function Form({ smtp }: { readonly smtp: SmtpSettings | null }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [draft, setDraft] = useState(smtp ?? NONE);
  const [password, setPassword] = useState('');
  const [saved, setSaved] = useState(false);
  const change = (next: Partial<SmtpSettings>): void => {
    setDraft({ ...draft, ...next });
    setSaved(false);
  };
  const submit = useSubmit(async () => {
    const { passwordSet: _, ...sent } = draft;
    await put(PATH, { ...sent, ...(password === '' ? {} : { password }) });
    setPassword('');
    setSaved(true);
    forget('provider', 'overview', 'settings');
  });
  const off = useSubmit(async () => {
    await remove(PATH);
    setDraft(NONE);
    forget('provider', 'overview', 'settings');
  });
  const error = submit.error ?? off.error;
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md" maw={560}>
        <Text size="sm">{t('provider.mailAdvice')}</Text>
        <ServerFields draft={draft} onChange={change} />
        <TextInput
          type="email"
          label={t('provider.from')}
          required
          value={draft.from}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          label={t('provider.user')}
          autoComplete="off"
          value={draft.user ?? ''}
          onChange={(event) => change({ user: event.currentTarget.value || null })}
        />
        <PasswordInput
          label={t('signIn.password')}
          description={draft.passwordSet ? t('provider.passwordKept') : undefined}
          autoComplete="off"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
        />
        {error !== null && <ErrorNote error={error} />}
        {saved && <Note tone="ok" title={t('common.saved')} />}
        <Group>
          <Button type="submit" loading={submit.busy}>
            {t('common.save')}
          </Button>
          {smtp !== null && (
            <Button variant="outline" color="bad" loading={off.busy} onClick={off.onSubmit}>
              {t('provider.mailOff')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

interface ServerFieldsProps {
  readonly draft: SmtpSettings;
  readonly onChange: (next: Partial<SmtpSettings>) => void;
}

function ServerFields({ draft, onChange }: ServerFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Group grow align="flex-start">
        <TextInput
          label={t('provider.host')}
          required
          value={draft.host}
          onChange={(event) => onChange({ host: event.currentTarget.value })}
        />
        <NumberInput
          label={t('provider.port')}
          required
          min={1}
          max={65_535}
          value={draft.port}
          onChange={(port) => onChange({ port: Number(port) })}
        />
      </Group>
      <Select
        label={t('provider.security')}
        allowDeselect={false}
        data={(['starttls', 'tls', 'none'] as const).map((value) => ({
          value,
          label: t(`provider.securities.${value}`),
        }))}
        value={draft.security}
        onChange={(security) => onChange({ security: security ?? draft.security })}
      />
    </>
  );
}
