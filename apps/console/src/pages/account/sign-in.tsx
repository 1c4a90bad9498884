// SPDX-License-Identifier: Apache-2.0
// Sign-in: e-mail and password, then the code of the authenticator where one is set.
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, post } from '../../api/client.ts';
import { Front } from '../../app/front.tsx';
import type { Search } from '../../app/search.ts';
import { useSubmit } from '../../parts/form.ts';
import { ErrorNote } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { CodeInput } from './code-input.tsx';
import { safeNext } from './safe-next.ts';

export function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const search: Search = useSearch({ strict: false });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const submit = useSubmit(async () => {
    try {
      await post('/session', { email, password, ...(asksCode ? { totp: code.trim() } : {}) });
    } catch (error) {
      if (!asksCode && error instanceof ApiError && error.code === 'auth.totp_required') {
        setAsksCode(true);
        return;
      }
      throw error;
    }
    client.clear();
    await navigate({ href: safeNext(search['next']), replace: true });
  });
  return (
    <Front>
      <Page title={t('signIn.title')}>
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
            <TextInput
              label={t('signIn.email')}
              type="email"
              required
              autoComplete="username"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <PasswordInput
              label={t('signIn.password')}
              required
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
            />
            {asksCode && <CodeInput value={code} onChange={setCode} />}
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Button type="submit" loading={submit.busy}>
              {t('signIn.verb')}
            </Button>
          </Stack>
        </form>
      </Page>
    </Front>
  );
}
