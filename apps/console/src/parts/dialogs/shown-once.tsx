// SPDX-License-Identifier: Apache-2.0
// A secret that the manager tells one time: a token, or a link that works once.
import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Copy } from '../copy-button.tsx';

interface ShownOnceProps {
  readonly advice: string;
  readonly text: string;
  /** Stands between Copy and Close. */
  readonly note?: ReactNode;
  readonly onClose: () => void;
}

export function ShownOnce({ advice, text, note, onClose }: ShownOnceProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Text size="sm">{advice}</Text>
      <code className="command-text">{text}</code>
      <Group justify="space-between">
        <Copy text={text} />
        {note}
        <Button onClick={onClose}>{t('common.close')}</Button>
      </Group>
    </Stack>
  );
}
