// SPDX-License-Identifier: Apache-2.0
// A dialog that asks before something happens. What destroys says its consequence first, has verb and count on its button, and the focus on Cancel.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { remove } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useWork } from '../form.ts';
import { ErrorNote } from '../notes.tsx';
import { Dialog } from './dialog.tsx';

interface ConfirmProps {
  readonly title: string;
  readonly consequence: ReactNode;
  readonly verb: string;
  /** From 50 on, the count must be typed. */
  readonly count?: number;
  readonly destructive?: boolean;
  readonly size?: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

const TYPED_COUNT_MIN = 50;

/** Shown while mounted. Closes itself when the work was taken over; shows the error and stays when not. */
export function Confirm({
  title,
  consequence,
  verb,
  count = 1,
  destructive = true,
  size = 'md',
  onConfirm,
  onClose,
  children,
}: ConfirmProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const mustType = count >= TYPED_COUNT_MIN;
  const { run, busy, error } = useWork(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog title={title} opened onClose={onClose} size={size}>
      <Stack gap="md">
        <Text size="sm" component="div">
          {consequence}
        </Text>
        {children}
        {mustType && (
          <TextInput
            label={t('confirm.type', { count })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {error !== null && <ErrorNote error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="outline" color="neutral" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button
            color={destructive ? 'bad' : 'running'}
            loading={busy}
            disabled={mustType && typed.trim() !== String(count)}
            onClick={run}
          >
            {verb}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

interface RemovalProps extends Pick<ConfirmProps, 'title' | 'consequence' | 'verb' | 'onClose'> {
  /** What the API deletes. */
  readonly path: string;
  /** What is fetched again afterwards. */
  readonly forgets: readonly string[];
}

export function ConfirmRemoval({ path, forgets, ...words }: RemovalProps) {
  const forget = useForget();
  return (
    <Confirm
      {...words}
      onConfirm={async () => {
        await remove(path);
        forget(...forgets);
      }}
    />
  );
}
