// SPDX-License-Identifier: Apache-2.0
// One user: role, disabled or not, a link to a new password, removal.
import type { TenantRole, User } from '@lazaret/contract';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, post } from '../api/client.ts';
import { useForget } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { Copy } from '../parts/copy-button.tsx';
import { ConfirmRemoval } from '../parts/dialogs/confirm.tsx';
import { Dialog } from '../parts/dialogs/dialog.tsx';
import { useSubmit, useWork } from '../parts/form.ts';
import { ErrorNote } from '../parts/notes.tsx';
import { hostileToText } from '../parts/text/hostile.ts';
import { RoleSelect } from './role-select.tsx';

interface UserDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

export function ChangeUser({ user, onClose }: UserDialogProps) {
  const { t } = useTranslation();
  const path = useTenantPath()(`/users/${user.id}`);
  const forget = useForget();
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
  const toggle = useWork(async () => {
    await patch(path, { disabled: user.state !== 'disabled' });
    done();
  });
  const [oneTime, setLink] = useState<string | null>(null);
  const link = useWork(async () => {
    const made = await post<{ readonly path: string }>(`${path}/password-link`);
    setLink(`${window.location.origin}${made.path}`);
  });
  const error = submit.error ?? toggle.error ?? link.error;
  if (removing) return <RemoveUser user={user} onClose={onClose} />;
  return (
    <Dialog title={hostileToText(user.email)} opened onClose={onClose} size="lg">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <RoleSelect value={role} onChange={setRole} />
          {error !== null && <ErrorNote error={error} />}
          {oneTime !== null && <PasswordLink url={oneTime} />}
          <Group justify="space-between">
            <Group gap="sm">
              {user.state !== 'invited' && (
                <Button variant="outline" color="neutral" onClick={toggle.run}>
                  {t(user.state === 'disabled' ? 'users.enable' : 'users.disable')}
                </Button>
              )}
              {user.state === 'active' && (
                <Button variant="outline" color="neutral" onClick={link.run}>
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

function RemoveUser({ user, onClose }: UserDialogProps) {
  const { t } = useTranslation();
  const path = useTenantPath()(`/users/${user.id}`);
  return (
    <ConfirmRemoval
      title={t('users.removeTitle', { name: user.email })}
      consequence={t('users.removeConsequence')}
      verb={t('common.remove')}
      path={path}
      forgets={['users']}
      onClose={onClose}
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
