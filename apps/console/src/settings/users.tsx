// SPDX-License-Identifier: Apache-2.0
// Users of the tenant: invited by a one-time link, with a role; disabled rather than forgotten.
import type { User } from '@lazaret/contract';
import { Group, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTenantPath } from '../api/session.ts';
import { DialogButton } from '../parts/dialogs/dialog-button.tsx';
import type { Column } from '../parts/lists/data-table.tsx';
import { ListTable } from '../parts/lists/list-table.tsx';
import { Empty } from '../parts/notes.tsx';
import { RowButton } from '../parts/right-button.tsx';
import { ToneMark } from '../parts/state-mark.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Name } from '../parts/text/name.tsx';
import { ChangeUser } from './change-user.tsx';
import { Invite } from './invite.tsx';

export function UserSettings() {
  const { t } = useTranslation();
  const path = useTenantPath()('/users');
  const [changing, setChanging] = useState<User | null>(null);
  return (
    <Stack gap="md">
      <Group>
        <DialogButton right="users.write" dialog={(close) => <Invite onClose={close} />}>
          {t('users.invite')}
        </DialogButton>
      </Group>
      <ListTable
        resource="users"
        path={path}
        label={t('settings.tabs.users')}
        columns={useUserColumns(setChanging)}
        empty={<Empty title={t('users.none')} />}
      />
      {changing !== null && <ChangeUser user={changing} onClose={() => setChanging(null)} />}
    </Stack>
  );
}

function useUserColumns(change: (user: User) => void): readonly Column<User>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('users.name'),
        cell: (row) => <Name text={row.name === '' ? '–' : row.name} />,
      },
      { id: 'email', header: t('signIn.email'), cell: (row) => <Name text={row.email} /> },
      { id: 'role', header: t('users.role'), cell: (row) => t(`roles.${row.role}`) },
      {
        id: 'state',
        header: t('users.state'),
        cell: (row) => (
          <ToneMark tone={row.state === 'active' ? 'ok' : 'neutral'}>{t(`users.states.${row.state}`)}</ToneMark>
        ),
      },
      {
        id: 'totp',
        header: t('users.totp'),
        cell: (row) => (
          <ToneMark tone={row.totp ? 'ok' : 'watch'}>{t(row.totp ? 'users.totpOn' : 'users.totpOff')}</ToneMark>
        ),
      },
      { id: 'seen', header: t('users.seen'), cell: (row) => <Moment at={row.lastSeenAt} as="relative" /> },
      {
        id: 'change',
        header: t('scans.actions'),
        cell: (row) => (
          <RowButton right="users.write" onClick={() => change(row)}>
            {t('users.change')}
          </RowButton>
        ),
      },
    ],
    [t, change],
  );
}
