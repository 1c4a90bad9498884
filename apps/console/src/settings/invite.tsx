// SPDX-License-Identifier: Apache-2.0
// An invitation: who, in which role; then the link that the person gets.
import type { TenantRole } from '@lazaret/contract';
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useForget } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { Dialog } from '../parts/dialogs/dialog.tsx';
import { DialogForm } from '../parts/dialogs/form-dialog.tsx';
import { ShownOnce } from '../parts/dialogs/shown-once.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { RoleSelect } from './role-select.tsx';

interface Invited {
  readonly link: { readonly path: string; readonly expiresAt: string };
}

export function Invite({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [invited, setInvited] = useState<Invited | null>(null);
  return (
    <Dialog title={t('users.invite')} opened onClose={onClose}>
      {invited === null ? (
        <InviteForm onInvited={setInvited} />
      ) : (
        <ShownOnce
          advice={t('users.linkAdvice')}
          text={`${window.location.origin}${invited.link.path}`}
          note={<Moment at={invited.link.expiresAt} />}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

function InviteForm({ onInvited }: { readonly onInvited: (invited: Invited) => void }) {
  const { t } = useTranslation();
  const path = useTenantPath()('/users');
  const forget = useForget();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<TenantRole>('read-only');
  const invite = async (): Promise<void> => {
    onInvited(await post<Invited>(path, { email, role }));
    forget('users');
  };
  return (
    <DialogForm verb={t('users.inviteVerb')} work={invite}>
      <TextInput
        type="email"
        label={t('signIn.email')}
        required
        data-autofocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <RoleSelect value={role} onChange={setRole} />
    </DialogForm>
  );
}
