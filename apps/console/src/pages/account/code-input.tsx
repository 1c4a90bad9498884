// SPDX-License-Identifier: Apache-2.0
// The code of an authenticator, where a page finds that one is asked for.
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function CodeInput({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('signIn.code')}
      description={t('signIn.codeAdvice')}
      required
      autoFocus
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
