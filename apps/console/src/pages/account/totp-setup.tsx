// SPDX-License-Identifier: Apache-2.0
// The second factor: a secret for the authenticator as a QR code and as text, on when its first code was right.
import { Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
// oxlint-disable-next-line import/no-named-as-default -- its types have the default alone
import qrcode from 'qrcode-generator';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { Copy } from '../../parts/copy-button.tsx';
import { useSubmit } from '../../parts/form.ts';
import { ErrorNote } from '../../parts/notes.tsx';

interface Secret {
  readonly secret: string;
  readonly uri: string;
}

export function TotpSetup({ password: known, onDone }: { readonly password?: string; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState(known ?? '');
  const [secret, setSecret] = useState<Secret | null>(null);
  const submit = useSubmit(async () => setSecret(await post<Secret>('/me/totp', { password })));
  if (secret !== null) return <ConfirmCode secret={secret} onDone={onDone} />;
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md">
        {known === undefined && (
          <PasswordInput
            label={t('fetch.password')}
            required
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        {submit.error !== null && <ErrorNote error={submit.error} />}
        <Group>
          <Button type="submit" loading={submit.busy}>
            {t('totp.start')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ConfirmCode({ secret, onDone }: { readonly secret: Secret; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const submit = useSubmit(async () => {
    await put('/me/totp', { code: code.trim() });
    onDone();
  });
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md">
        <Text size="sm">{t('totp.scan')}</Text>
        <QrCode text={secret.uri} label={t('totp.qr')} />
        <Group gap="sm">
          <Code>{secret.secret}</Code>
          <Copy text={secret.secret} />
        </Group>
        <TextInput
          label={t('signIn.code')}
          required
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {submit.error !== null && <ErrorNote error={submit.error} />}
        <Group>
          <Button type="submit" loading={submit.busy}>
            {t('totp.confirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const QUIET_ZONE = 4;

/** Black on white in both schemes: readers need it. */
function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { path, size } = useMemo(() => {
    const code = qrcode(0, 'M');
    code.addData(text);
    code.make();
    const count = code.getModuleCount();
    const cells: string[] = [];
    for (let row = 0; row < count; row++)
      for (let column = 0; column < count; column++)
        if (code.isDark(row, column)) cells.push(`M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`);
    return { path: cells.join(''), size: count + 2 * QUIET_ZONE };
  }, [text]);
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={200}
      height={200}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
