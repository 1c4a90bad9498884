// SPDX-License-Identifier: Apache-2.0
// The provider sees this tenant only while a consent runs, and everything it does then stands in the audit (MG-2c).
import { type Consent, CONSENT_SCOPES, type ConsentScope } from '@lazaret/contract';
import { Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, remove } from '../api/client.ts';
import { useForget, useList } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { useSubmit } from '../parts/form.ts';
import { ListBody } from '../parts/list-page.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Empty, ErrorNote } from '../parts/notes.tsx';
import { RightButton } from '../parts/right-button.tsx';
import { ToneMark } from '../parts/state-mark.tsx';
import { Name } from '../parts/text/name.tsx';

export function ConsentSettings() {
  const { t } = useTranslation();
  const path = useTenantPath()('/consents');
  const forget = useForget();
  const list = useList<Consent>('consents', path, {});
  const [granting, setGranting] = useState(false);
  const [revoking, setRevoking] = useState<Consent | null>(null);
  const columns = useConsentColumns(setRevoking);
  return (
    <Stack gap="md">
      <Text size="sm">{t('consents.advice')}</Text>
      <Group>
        <RightButton right="consents.write" onClick={() => setGranting(true)}>
          {t('consents.grant')}
        </RightButton>
      </Group>
      <ListBody list={list} empty={<Empty title={t('consents.none')} />}>
        <DataTable
          label={t('settings.tabs.consents')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(row) => row.id}
          onMore={list.more}
        />
      </ListBody>
      {granting && <Grant onClose={() => setGranting(false)} />}
      {revoking !== null && (
        <Confirm
          title={t('consents.revoke')}
          consequence={t('consents.revokeConsequence')}
          verb={t('consents.revoke')}
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await remove(`${path}/${revoking.id}`);
            forget('consents');
          }}
        />
      )}
    </Stack>
  );
}

function useConsentColumns(revoke: (consent: Consent) => void): readonly Column<Consent>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'state',
        header: t('patterns.state'),
        cell: (row) => (
          <ToneMark tone={row.active ? 'watch' : 'neutral'}>
            {t(row.active ? 'consents.active' : 'consents.over')}
          </ToneMark>
        ),
      },
      { id: 'scope', header: t('consents.scope'), cell: (row) => t(`consents.scopes.${row.scope}`) },
      { id: 'reason', header: t('exceptions.reason'), cell: (row) => <Name text={row.reason} /> },
      { id: 'by', header: t('exceptions.author'), cell: (row) => <Name text={row.grantedBy} /> },
      { id: 'from', header: t('consents.from'), cell: (row) => <Moment at={row.startsAt} /> },
      { id: 'to', header: t('consents.to'), cell: (row) => <Moment at={row.revokedAt ?? row.endsAt} /> },
      {
        id: 'revoke',
        header: t('scans.actions'),
        cell: (row) =>
          row.active && (
            <RightButton
              right="consents.write"
              size="compact-sm"
              variant="subtle"
              color="bad"
              onClick={() => revoke(row)}
            >
              {t('consents.revoke')}
            </RightButton>
          ),
      },
    ],
    [t, revoke],
  );
}

function Grant({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath()('/consents');
  const forget = useForget();
  const [scope, setScope] = useState<ConsentScope>('read');
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState<number>(4);
  const submit = useSubmit(async () => {
    await post(path, { scope, reason, hours });
    forget('consents');
    onClose();
  });
  return (
    <Dialog title={t('consents.grant')} opened onClose={onClose}>
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <Select
            label={t('consents.scope')}
            allowDeselect={false}
            data={CONSENT_SCOPES.map((value) => ({ value, label: t(`consents.scopes.${value}`) }))}
            value={scope}
            onChange={(next) => setScope(next ?? scope)}
          />
          <TextInput
            label={t('exceptions.reason')}
            required
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <NumberInput
            label={t('consents.hours')}
            min={1}
            max={2160}
            value={hours}
            onChange={(value) => setHours(Number(value))}
          />
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={submit.busy}>
              {t('consents.grant')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
