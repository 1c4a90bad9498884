// SPDX-License-Identifier: Apache-2.0
// Agents' address, the console's own, the refused start window (SC-5), whom tenants may ask for help.
import type { ProviderSettings } from '@lazaret/contract';
import { Button, Group, NumberInput, Stack, Switch, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { put } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { useSubmit } from '../parts/form.ts';
import { Answer, ErrorNote, Note } from '../parts/notes.tsx';

const PATH = '/provider/settings';
type Support = NonNullable<ProviderSettings['support']>;
const NO_SUPPORT: Support = { name: '', email: null, phone: null, url: null, hours: null };

export function ProviderGeneral() {
  const query = useOne<ProviderSettings>('provider', PATH);
  return <Answer query={query}>{(settings) => <Form settings={settings} />}</Answer>;
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

function Form({ settings }: { readonly settings: ProviderSettings }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [draft, setDraft] = useState(settings);
  const [saved, setSaved] = useState(false);
  const support = draft.support ?? NO_SUPPORT;
  const change = (next: Partial<ProviderSettings>): void => {
    setDraft({ ...draft, ...next });
    setSaved(false);
  };
  const submit = useSubmit(async () => {
    await put(PATH, { ...draft, support: support.name.trim() === '' ? null : support });
    forget('provider', 'overview', 'settings');
    setSaved(true);
  });
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md" maw={560}>
        <TextInput
          label={t('provider.agentsAddress')}
          description={t('provider.agentsAddressAdvice')}
          value={draft.agentsAddress ?? ''}
          onChange={(event) => change({ agentsAddress: orNull(event.currentTarget.value) })}
        />
        <TextInput
          type="url"
          label={t('provider.consoleUrl')}
          description={t('provider.consoleUrlAdvice')}
          value={draft.consoleUrl ?? ''}
          onChange={(event) => change({ consoleUrl: orNull(event.currentTarget.value) })}
        />
        <Switch
          label={t('provider.startWindow')}
          description={t('provider.startWindowAdvice')}
          checked={draft.startWindow === 'lifted'}
          onChange={(event) => change({ startWindow: event.currentTarget.checked ? 'lifted' : 'refused' })}
        />
        <NumberInput
          label={t('provider.retention')}
          description={t('provider.retentionAdvice')}
          min={1}
          max={120}
          value={draft.retentionMonths}
          onChange={(retentionMonths) => change({ retentionMonths: Number(retentionMonths) })}
        />
        <SupportFields support={support} onChange={(next) => change({ support: { ...support, ...next } })} />
        {submit.error !== null && <ErrorNote error={submit.error} />}
        {saved && <Note tone="ok" title={t('common.saved')} />}
        <Group>
          <Button type="submit" loading={submit.busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface SupportFieldsProps {
  readonly support: Support;
  readonly onChange: (next: Partial<Support>) => void;
}

function SupportFields({ support, onChange }: SupportFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Title order={2}>{t('settings.tabs.support')}</Title>
      <TextInput
        label={t('support.name')}
        value={support.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <TextInput
        type="email"
        label={t('signIn.email')}
        value={support.email ?? ''}
        onChange={(event) => onChange({ email: orNull(event.currentTarget.value) })}
      />
      <TextInput
        label={t('support.phone')}
        value={support.phone ?? ''}
        onChange={(event) => onChange({ phone: orNull(event.currentTarget.value) })}
      />
      <TextInput
        type="url"
        label={t('support.url')}
        value={support.url ?? ''}
        onChange={(event) => onChange({ url: orNull(event.currentTarget.value) })}
      />
      <TextInput
        label={t('support.hours')}
        value={support.hours ?? ''}
        onChange={(event) => onChange({ hours: event.currentTarget.value || null })}
      />
    </>
  );
}
