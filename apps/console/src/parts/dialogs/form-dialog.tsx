// SPDX-License-Identifier: Apache-2.0
// A dialog with one form: a page gives the fields, the verb and the work; sending, waiting and failing are here.
import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSubmit } from '../form.ts';
import { ErrorNote } from '../notes.tsx';
import { Dialog } from './dialog.tsx';

interface DialogFormProps {
  readonly verb: string;
  readonly work: () => Promise<unknown>;
  /** False while the fields cannot be sent as they are. */
  readonly ready?: boolean;
  /** With it, there is a Cancel button beside the verb. */
  readonly onCancel?: () => void;
  readonly children: ReactNode;
}

/** The form alone, for a dialog that shows something else after it. */
export function DialogForm({ verb, work, ready = true, onCancel, children }: DialogFormProps) {
  const { t } = useTranslation();
  const submit = useSubmit(work);
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md">
        {children}
        {submit.error !== null && <ErrorNote error={submit.error} />}
        <Group justify="flex-end">
          {onCancel !== undefined && (
            <Button variant="outline" color="neutral" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          <Button type="submit" loading={submit.busy} disabled={!ready}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FormDialogProps extends DialogFormProps {
  readonly title: string;
  readonly size?: string;
  readonly onClose: () => void;
}

/** Shown while mounted. Closes itself when the work is done; shows the error and stays when it failed. */
export function FormDialog({ title, size = 'md', onClose, work, ...form }: FormDialogProps) {
  return (
    <Dialog title={title} opened onClose={onClose} size={size}>
      <DialogForm
        {...form}
        work={async () => {
          await work();
          onClose();
        }}
      />
    </Dialog>
  );
}
