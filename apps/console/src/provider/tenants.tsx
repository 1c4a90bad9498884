// SPDX-License-Identifier: Apache-2.0
// Tenants, without any of their data: name, state, whether their consent runs. A tenant with consent can be entered.
import type { TenantView } from '@lazaret/contract';
import { Group, Stack, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, post } from '../api/client.ts';
import { useForget } from '../api/list.ts';
import { TextLink } from '../app/links.tsx';
import { Confirm } from '../parts/dialogs/confirm.tsx';
import { DialogButton } from '../parts/dialogs/dialog-button.tsx';
import { Dialog } from '../parts/dialogs/dialog.tsx';
import { DialogForm } from '../parts/dialogs/form-dialog.tsx';
import { ShownOnce } from '../parts/dialogs/shown-once.tsx';
import type { Column } from '../parts/lists/data-table.tsx';
import { ListTable } from '../parts/lists/list-table.tsx';
import { Empty } from '../parts/notes.tsx';
import { RowButton } from '../parts/right-button.tsx';
import { ToneMark } from '../parts/state-mark.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Name } from '../parts/text/name.tsx';

const PATH = '/provider/tenants';

export function ProviderTenants() {
  const { t } = useTranslation();
  const [suspending, setSuspending] = useState<TenantView | null>(null);
  return (
    <Stack gap="md">
      <Group>
        <DialogButton dialog={(close) => <AddTenant onClose={close} />}>{t('provider.addTenant')}</DialogButton>
      </Group>
      <ListTable
        resource="provider"
        path={PATH}
        label={t('provider.tabs.tenants')}
        columns={useTenantColumns(setSuspending)}
        empty={<Empty title={t('provider.noTenants')} />}
      />
      {suspending !== null && <SuspendTenant tenant={suspending} onClose={() => setSuspending(null)} />}
    </Stack>
  );
}

function useTenantColumns(suspend: (tenant: TenantView) => void): readonly Column<TenantView>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('provider.tenantName'),
        cell: (row) =>
          row.consent === null ? (
            <Name text={row.name} />
          ) : (
            <TextLink to="/t/$tenant" params={{ tenant: row.id }}>
              <Name text={row.name} />
            </TextLink>
          ),
      },
      {
        id: 'state',
        header: t('users.state'),
        cell: (row) => (
          <ToneMark tone={row.suspendedAt === null ? 'ok' : 'watch'}>
            {t(row.suspendedAt === null ? 'provider.active' : 'provider.suspended')}
          </ToneMark>
        ),
      },
      {
        id: 'consent',
        header: t('settings.tabs.consents'),
        cell: (row) => (row.consent === null ? t('common.none') : t(`consents.scopes.${row.consent}`)),
      },
      { id: 'created', header: t('vm.created'), cell: (row) => <Moment at={row.createdAt} /> },
      {
        id: 'suspend',
        header: t('scans.actions'),
        cell: (row) => (
          <RowButton color={row.suspendedAt === null ? 'bad' : 'running'} onClick={() => suspend(row)}>
            {t(row.suspendedAt === null ? 'provider.suspend' : 'provider.resume')}
          </RowButton>
        ),
      },
    ],
    [t, suspend],
  );
}

interface SuspendProps {
  readonly tenant: TenantView;
  readonly onClose: () => void;
}

/** A suspended one is resumed. */
function SuspendTenant({ tenant, onClose }: SuspendProps) {
  const { t } = useTranslation();
  const forget = useForget();
  const suspended = tenant.suspendedAt === null;
  return (
    <Confirm
      title={t(suspended ? 'provider.suspendTitle' : 'provider.resumeTitle', { name: tenant.name })}
      consequence={t(suspended ? 'provider.suspendConsequence' : 'provider.resumeConsequence')}
      verb={t(suspended ? 'provider.suspend' : 'provider.resume')}
      destructive={suspended}
      onClose={onClose}
      onConfirm={async () => {
        await patch(`${PATH}/${tenant.id}`, { suspended });
        forget('provider');
      }}
    />
  );
}

function AddTenant({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [link, setLink] = useState<string | null>(null);
  return (
    <Dialog title={t('provider.addTenant')} opened onClose={onClose}>
      {link === null ? (
        <TenantForm onMade={setLink} />
      ) : (
        <ShownOnce advice={t('users.linkAdvice')} text={link} onClose={onClose} />
      )}
    </Dialog>
  );
}

function TenantForm({ onMade }: { readonly onMade: (link: string) => void }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [name, setName] = useState('');
  const [adminEmail, setEmail] = useState('');
  const add = async (): Promise<void> => {
    const made = await post<{ readonly link: { readonly path: string } }>(PATH, { name, adminEmail });
    onMade(`${window.location.origin}${made.link.path}`);
    forget('provider');
  };
  return (
    <DialogForm verb={t('provider.addTenant')} work={add}>
      <TextInput
        label={t('provider.tenantName')}
        required
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        type="email"
        label={t('provider.adminEmail')}
        required
        value={adminEmail}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
    </DialogForm>
  );
}
