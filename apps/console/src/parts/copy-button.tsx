// SPDX-License-Identifier: Apache-2.0
import { Button, CopyButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Copy({ text, label }: { readonly text: string; readonly label?: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={text} timeout={3000}>
      {({ copied, copy }) => (
        <Button size="compact-sm" variant="outline" onClick={copy}>
          <span aria-live="polite">{copied ? t('common.copied') : (label ?? t('common.copy'))}</span>
        </Button>
      )}
    </CopyButton>
  );
}
