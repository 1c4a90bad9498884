// SPDX-License-Identifier: Apache-2.0
// One's own account: password and second factor.
import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { put, remove } from '../api/client.ts';
import { useForget } from '../api/list.ts';
import { useSession } from '../api/session.ts';
import { useSubmit } from '../parts/form.ts';
import { ErrorNote, Note } from '../parts/notes.tsx';
import { ToneMark } from '../parts/state-mark.tsx';
import { TotpSetup } from '../pages/account/totp-setup.tsx';

export function AccountSettings() {
  const { t } = useTranslation();
  return (
    <Stack gap="xl" maw={480}>
      <section aria-labelledby="second-factor">
        <Title order={2} id="second-factor" mb="sm">
          {t('users.totp')}
        </Title>
        <SecondFactor />
      </section>
      <section aria-labelledby="password">
        <Title order={2} id="password" mb="sm">
          {t('account.password')}
        </Title>
        <PasswordChange />
      </section>
    </Stack>
  );
}

function SecondFactor() {
  const { t } = useTranslation();
  const session = useSession();
  const forget = useForget();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const submit = useSubmit(async () => {
    await remove('/me/totp', { password, totp: code.trim() });
    setPassword('');
    setCode('');
    forget('session');
  });
  if (session.data?.user?.totp !== true)
    return (
      <Stack gap="sm">
        <Text size="sm">{t('setup.totpAdvice')}</Text>
        <TotpSetup onDone={() => forget('session')} />
      </Stack>
    );
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="sm" align="flex-start">
        <ToneMark tone="ok">{t('users.totpOn')}</ToneMark>
        <PasswordInput
          w="100%"
          label={t('fetch.password')}
          required
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <TextInput
          w="100%"
          label={t('signIn.code')}
          description={t('signIn.codeAdvice')}
          required
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {submit.error !== null && <ErrorNote error={submit.error} />}
        <Button type="submit" variant="outline" color="bad" loading={submit.busy}>
          {t('account.totpRemove')}
        </Button>
      </Stack>
    </form>
  );
}

function PasswordChange() {
  const { t } = useTranslation();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [done, setDone] = useState(false);
  const submit = useSubmit(async () => {
    await put('/me/password', { current, password });
    setCurrent('');
    setPassword('');
    setDone(true);
  });
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="sm">
        <PasswordInput
          label={t('account.current')}
          required
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('account.next')}
          description={t('setup.passwordAdvice')}
          required
          minLength={12}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {submit.error !== null && <ErrorNote error={submit.error} />}
        {done && <Note tone="ok" title={t('account.changed')} />}
        <Group>
          <Button type="submit" loading={submit.busy}>
            {t('account.change')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
