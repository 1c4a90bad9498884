// SPDX-License-Identifier: Apache-2.0
// Tenants, without any of their data: name, state, whether their consent runs. A tenant with consent can be entered.
import type { TenantView } from '@lazaret/contract';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, post } from '../api/client.ts';
import { useForget, useList } from '../api/list.ts';
import { TextLink } from '../app/links.tsx';
import { Copy } from '../parts/copy-button.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { useSubmit } from '../parts/form.ts';
import { ListBody } from '../parts/list-page.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Name } from '../parts/text/name.tsx';
import { Empty, ErrorNote } from '../parts/notes.tsx';
import { ToneMark } from '../parts/state-mark.tsx';

const PATH = '/provider/tenants';

export function ProviderTenants() {
  const { t } = useTranslation();
  const forget = useForget();
  const list = useList<TenantView>('provider', PATH, {});
  const [adding, setAdding] = useState(false);
  const [suspending, setSuspending] = useState<TenantView | null>(null);
  const columns = useTenantColumns(setSuspending);
  return (
    <Stack gap="md">
      <Group>
        <Button onClick={() => setAdding(true)}>{t('provider.addTenant')}</Button>
      </Group>
      <ListBody list={list} empty={<Empty title={t('provider.noTenants')} />}>
        <DataTable
          label={t('provider.tabs.tenants')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(row) => row.id}
          onMore={list.more}
        />
      </ListBody>
      {adding && <AddTenant onClose={() => setAdding(false)} />}
      {suspending !== null && (
        <Confirm
          title={t(suspending.suspendedAt === null ? 'provider.suspendTitle' : 'provider.resumeTitle', {
            name: suspending.name,
          })}
          consequence={t(
            suspending.suspendedAt === null ? 'provider.suspendConsequence' : 'provider.resumeConsequence',
          )}
          verb={t(suspending.suspendedAt === null ? 'provider.suspend' : 'provider.resume')}
          destructive={suspending.suspendedAt === null}
          onClose={() => setSuspending(null)}
          onConfirm={async () => {
            await patch(`${PATH}/${suspending.id}`, { suspended: suspending.suspendedAt === null });
            forget('provider');
          }}
        />
      )}
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
          <Button
            size="compact-sm"
            variant="subtle"
            color={row.suspendedAt === null ? 'bad' : 'running'}
            onClick={() => suspend(row)}
          >
            {t(row.suspendedAt === null ? 'provider.suspend' : 'provider.resume')}
          </Button>
        ),
      },
    ],
    [t, suspend],
  );
}

function AddTenant({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [name, setName] = useState('');
  const [adminEmail, setEmail] = useState('');
  const [link, setLink] = useState<string | null>(null);
  const submit = useSubmit(async () => {
    const made = await post<{ readonly link: { readonly path: string } }>(PATH, { name, adminEmail });
    setLink(`${window.location.origin}${made.link.path}`);
    forget('provider');
  });
  return (
    <Dialog title={t('provider.addTenant')} opened onClose={onClose}>
      {link === null ? (
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
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
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Group justify="flex-end">
              <Button type="submit" loading={submit.busy}>
                {t('provider.addTenant')}
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
            <Button onClick={onClose}>{t('common.close')}</Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}
