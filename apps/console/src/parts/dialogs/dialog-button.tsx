// SPDX-License-Identifier: Apache-2.0
// A button and the dialog that it opens.
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { ActionButton, type ActionButtonProps } from '../right-button.tsx';

interface DialogButtonProps extends Omit<ActionButtonProps, 'onClick'> {
  readonly dialog: (close: () => void) => ReactNode;
}

export function DialogButton({ dialog, ...button }: DialogButtonProps) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <ActionButton {...button} onClick={open} />
      {opened && dialog(close)}
    </>
  );
}
