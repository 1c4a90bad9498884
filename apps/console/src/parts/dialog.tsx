// SPDX-License-Identifier: Apache-2.0
// Dialogs. What destroys says its consequence first, has verb and count on its button, and the focus on Cancel.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from './notes.tsx';

interface DialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly size?: string;
  readonly children: ReactNode;
}

export function Dialog({ title, opened, onClose, size = 'md', children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      title={title}
      opened={opened}
      onClose={onClose}
      size={size}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      // It is a <header>: beside the page's own it would be a second banner.
      attributes={{ header: { role: 'presentation' } }}
    >
      {children}
    </Modal>
  );
}

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
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const mustType = count >= TYPED_COUNT_MIN;
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      setBusy(false);
    }
  };
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
            onClick={() => void confirm()}
          >
            {verb}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
