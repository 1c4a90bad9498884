// SPDX-License-Identifier: Apache-2.0
// First run: the one-time link makes the first administrator; then the second factor; then the overview tells what is left.
import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { Front } from '../../app/front.tsx';
import { tokenOfAddress } from '../../app/one-time-token.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { useSubmit } from '../../parts/form.ts';
import { Answer, Empty, ErrorNote } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { ButtonLink } from '../../app/links.tsx';
import { TotpSetup } from './totp-setup.tsx';

export function SetupPage() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['setup'],
    queryFn: () => get<{ needed: boolean }>('/setup'),
    staleTime: Infinity,
  });
  const [admin, setAdmin] = useState<{ readonly password: string } | null>(null);
  return (
    <Front>
      <Page title={t('setup.title')}>
        {admin === null ? (
          <Answer query={query}>
            {({ needed }) =>
              needed ? (
                <AdminForm onDone={setAdmin} />
              ) : (
                <Empty title={t('setup.done')} action={<ButtonLink to="/sign-in">{t('signIn.title')}</ButtonLink>} />
              )
            }
          </Answer>
        ) : (
          <SecondFactor password={admin.password} />
        )}
      </Page>
    </Front>
  );
}

function AdminForm({ onDone }: { readonly onDone: (admin: { readonly password: string }) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [form, setForm] = useState({ token: tokenOfAddress(), tenantName: '', name: '', email: '', password: '' });
  const client = useQueryClient();
  const submit = useSubmit(async () => {
    await post('/setup', { ...form, language });
    await client.invalidateQueries({ queryKey: ['session'] });
    onDone({ password: form.password });
  });
  const set = (name: keyof typeof form) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setForm((before) => ({ ...before, [name]: value }));
  };
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md">
        <Text size="sm">{t('setup.advice')}</Text>
        {tokenOfAddress() === '' && (
          <TextInput
            label={t('setup.token')}
            description={t('setup.tokenAdvice')}
            required
            value={form.token}
            onChange={set('token')}
          />
        )}
        <TextInput
          label={t('setup.tenant')}
          description={t('setup.tenantAdvice')}
          required
          value={form.tenantName}
          onChange={set('tenantName')}
        />
        <TextInput label={t('setup.name')} required autoComplete="name" value={form.name} onChange={set('name')} />
        <TextInput
          label={t('signIn.email')}
          type="email"
          required
          autoComplete="username"
          value={form.email}
          onChange={set('email')}
        />
        <PasswordInput
          label={t('signIn.password')}
          description={t('setup.passwordAdvice')}
          required
          minLength={12}
          autoComplete="new-password"
          value={form.password}
          onChange={set('password')}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
        />
        {submit.error !== null && <ErrorNote error={submit.error} />}
        <Button type="submit" loading={submit.busy}>
          {t('setup.create')}
        </Button>
      </Stack>
    </form>
  );
}

function SecondFactor({ password }: { readonly password: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = (): void => void navigate({ to: '/', replace: true });
  return (
    <Stack gap="md">
      <Text size="sm">{t('setup.totpAdvice')}</Text>
      <TotpSetup password={password} onDone={go} />
      <Group>
        <Button variant="subtle" onClick={go}>
          {t('setup.later')}
        </Button>
      </Group>
    </Stack>
  );
}
