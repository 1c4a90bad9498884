// SPDX-License-Identifier: Apache-2.0
// Pages behind one-time links: an invitation, and a new password.
import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, post } from '../../api/client.ts';
import { Front } from '../../app/front.tsx';
import { tokenOfAddress } from '../../app/one-time-token.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { useSubmit } from '../../parts/form.ts';
import { ErrorNote } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { CodeInput } from './code-input.tsx';

/** Who has no account yet says a name and a new password; who has one, the password that it has and, where it is set, a code. */
export function InvitationPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const language = useLanguage();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const submit = useSubmit(async () => {
    const totp = asksCode ? { totp: code.trim() } : {};
    try {
      await post('/invitations/accept', { token: tokenOfAddress(), name, password, language, ...totp });
    } catch (error) {
      if (asksCode || !(error instanceof ApiError) || error.code !== 'auth.totp_required') throw error;
      setAsksCode(true);
      return;
    }
    client.clear();
    await navigate({ to: '/', replace: true });
  });
  return (
    <Front>
      <Page title={t('invitation.title')}>
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
            <Text size="sm">{t('invitation.advice')}</Text>
            <TextInput
              label={t('setup.name')}
              required
              autoComplete="name"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <NewPassword value={password} onChange={setPassword} />
            {asksCode && <CodeInput value={code} onChange={setCode} />}
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Button type="submit" loading={submit.busy}>
              {t('invitation.verb')}
            </Button>
          </Stack>
        </form>
      </Page>
    </Front>
  );
}

export function SetPasswordPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [password, setPassword] = useState('');
  const submit = useSubmit(async () => {
    await post('/password-links', { token: tokenOfAddress(), password });
    await navigate({ to: '/sign-in', replace: true });
  });
  return (
    <Front>
      <Page title={t('account.next')}>
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
            <NewPassword value={password} onChange={setPassword} />
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Button type="submit" loading={submit.busy}>
              {t('account.change')}
            </Button>
          </Stack>
        </form>
      </Page>
    </Front>
  );
}

function NewPassword({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      label={t('signIn.password')}
      description={t('setup.passwordAdvice')}
      required
      minLength={12}
      autoComplete="new-password"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
    />
  );
}
