// SPDX-License-Identifier: Apache-2.0
// A button that needs a right. Without it, it stays where it is and names who has it.
import type { TenantRight } from '@lazaret/contract';
import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRight } from '../api/session.ts';

interface RightButtonProps extends ButtonProps {
  readonly right: TenantRight;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function RightButton({ right, onClick, children, ...rest }: RightButtonProps) {
  const { t } = useTranslation();
  const { has, who } = useRight(right);
  if (has) {
    return (
      <Button onClick={onClick} {...rest}>
        {children}
      </Button>
    );
  }
  const roles = who.map((role) => t(`roles.${role}` as 'roles.admin')).join(t('common.listGlue'));
  return (
    <Tooltip label={t('rights.missing', { roles })}>
      <Button {...rest} data-disabled aria-disabled="true" onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  );
}

export interface ActionButtonProps extends Omit<RightButtonProps, 'right'> {
  /** None: whoever sees the page may. */
  readonly right?: TenantRight;
}

export function ActionButton({ right, ...button }: ActionButtonProps) {
  return right === undefined ? <Button {...button} /> : <RightButton right={right} {...button} />;
}

/** In a row of a table. Its dialog is the page's: inside the table, the keys of its fields would be keys of the rows. */
export function RowButton(props: ActionButtonProps) {
  return <ActionButton size="compact-sm" variant="subtle" {...props} />;
}
