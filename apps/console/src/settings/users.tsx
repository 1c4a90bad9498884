// SPDX-License-Identifier: Apache-2.0
// Users of the tenant: invited by a one-time link, with a role; disabled rather than forgotten.
import { type TenantRole, TENANT_ROLES, type User } from '@lazaret/contract';
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, post, remove } from '../api/client.ts';
import { useForget, useList } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { Copy } from '../parts/copy-button.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { useSubmit } from '../parts/form.ts';
import { hostileToText } from '../parts/text/hostile.ts';
import { ListBody } from '../parts/list-page.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Empty, ErrorNote } from '../parts/notes.tsx';
import { RightButton } from '../parts/right-button.tsx';
import { ToneMark } from '../parts/state-mark.tsx';
import { Name } from '../parts/text/name.tsx';

export function UserSettings() {
  const { t } = useTranslation();
  const path = useTenantPath()('/users');
  const list = useList<User>('users', path, {});
  const [inviting, setInviting] = useState(false);
  const [changing, setChanging] = useState<User | null>(null);
  const columns = useUserColumns(setChanging);
  return (
    <Stack gap="md">
      <Group>
        <RightButton right="users.write" onClick={() => setInviting(true)}>
          {t('users.invite')}
        </RightButton>
      </Group>
      <ListBody list={list} empty={<Empty title={t('users.none')} />}>
        <DataTable
          label={t('settings.tabs.users')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(row) => row.id}
          onMore={list.more}
        />
      </ListBody>
      {inviting && <Invite onClose={() => setInviting(false)} />}
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
          <RightButton right="users.write" size="compact-sm" variant="subtle" onClick={() => change(row)}>
            {t('users.change')}
          </RightButton>
        ),
      },
    ],
    [t, change],
  );
}

function useRoleChoices(): { value: TenantRole; label: string }[] {
  const { t } = useTranslation();
  return TENANT_ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }));
}

interface Invited {
  readonly link: { readonly path: string; readonly expiresAt: string };
}

function Invite({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath()('/users');
  const forget = useForget();
  const roles = useRoleChoices();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<TenantRole>('read-only');
  const [invited, setInvited] = useState<Invited | null>(null);
  const submit = useSubmit(async () => {
    setInvited(await post<Invited>(path, { email, role }));
    forget('users');
  });
  const link = invited === null ? '' : `${window.location.origin}${invited.link.path}`;
  return (
    <Dialog title={t('users.invite')} opened onClose={onClose}>
      {invited === null ? (
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
            <TextInput
              type="email"
              label={t('signIn.email')}
              required
              data-autofocus
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Select
              label={t('users.role')}
              description={t(`roleMeans.${role}`)}
              data={roles}
              allowDeselect={false}
              value={role}
              onChange={(next) => setRole(next ?? role)}
            />
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Group justify="flex-end">
              <Button type="submit" loading={submit.busy}>
                {t('users.inviteVerb')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="md">
          <Text size="sm">{t('users.linkAdvice')}</Text>
          <code className="command-text">{link}</code>
          <Group justify="space-between">
            <Copy text={link} />
            <Moment at={invited.link.expiresAt} />
            <Button onClick={onClose}>{t('common.close')}</Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}

interface UserDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

function RemoveUser({ user, onClose }: UserDialogProps) {
  const { t } = useTranslation();
  const path = useTenantPath()(`/users/${user.id}`);
  const forget = useForget();
  return (
    <Confirm
      title={t('users.removeTitle', { name: user.email })}
      consequence={t('users.removeConsequence')}
      verb={t('common.remove')}
      onClose={onClose}
      onConfirm={async () => {
        await remove(path);
        forget('users');
      }}
    />
  );
}

function PasswordLink({ url }: { readonly url: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm">{t('users.linkAdvice')}</Text>
      <code className="command-text">{url}</code>
      <Group>
        <Copy text={url} />
      </Group>
    </>
  );
}

function ChangeUser({ user, onClose }: UserDialogProps) {
  const { t } = useTranslation();
  const path = useTenantPath()(`/users/${user.id}`);
  const forget = useForget();
  const roles = useRoleChoices();
  const [role, setRole] = useState<TenantRole>(user.role);
  const [removing, setRemoving] = useState(false);
  const done = (): void => {
    forget('users');
    onClose();
  };
  const submit = useSubmit(async () => {
    await patch(path, { role });
    done();
  });
  const toggle = useSubmit(async () => {
    await patch(path, { disabled: user.state !== 'disabled' });
    done();
  });
  const [oneTime, setLink] = useState<string | null>(null);
  const link = useSubmit(async () => {
    const made = await post<{ readonly path: string }>(`${path}/password-link`);
    setLink(`${window.location.origin}${made.path}`);
  });
  const error = submit.error ?? toggle.error ?? link.error;
  if (removing) return <RemoveUser user={user} onClose={onClose} />;
  return (
    <Dialog title={hostileToText(user.email)} opened onClose={onClose}>
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <Select
            label={t('users.role')}
            description={t(`roleMeans.${role}`)}
            data={roles}
            allowDeselect={false}
            value={role}
            onChange={(next) => setRole(next ?? role)}
          />
          {error !== null && <ErrorNote error={error} />}
          {oneTime !== null && <PasswordLink url={oneTime} />}
          <Group justify="space-between">
            <Group gap="sm">
              {user.state !== 'invited' && (
                <Button variant="outline" color="neutral" onClick={toggle.onSubmit}>
                  {t(user.state === 'disabled' ? 'users.enable' : 'users.disable')}
                </Button>
              )}
              {user.state === 'active' && (
                <Button variant="outline" color="neutral" onClick={link.onSubmit}>
                  {t('users.passwordLink')}
                </Button>
              )}
              <Button variant="outline" color="bad" onClick={() => setRemoving(true)}>
                {t('common.remove')}
              </Button>
            </Group>
            <Button type="submit" loading={submit.busy}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
