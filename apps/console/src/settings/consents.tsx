// SPDX-License-Identifier: Apache-2.0
// The provider sees this tenant only while a consent runs, and everything it does then stands in the audit (MG-2c).
import { type Consent, CONSENT_SCOPES, type ConsentScope } from '@lazaret/contract';
import { Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useForget } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { ConfirmRemoval } from '../parts/dialogs/confirm.tsx';
import { DialogButton } from '../parts/dialogs/dialog-button.tsx';
import { FormDialog } from '../parts/dialogs/form-dialog.tsx';
import type { Column } from '../parts/lists/data-table.tsx';
import { ListTable } from '../parts/lists/list-table.tsx';
import { Empty } from '../parts/notes.tsx';
import { RowButton } from '../parts/right-button.tsx';
import { ToneMark } from '../parts/state-mark.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Name } from '../parts/text/name.tsx';

export function ConsentSettings() {
  const { t } = useTranslation();
  const path = useTenantPath()('/consents');
  const [revoking, setRevoking] = useState<Consent | null>(null);
  return (
    <Stack gap="md">
      <Text size="sm">{t('consents.advice')}</Text>
      <Group>
        <DialogButton right="consents.write" dialog={(close) => <Grant onClose={close} />}>
          {t('consents.grant')}
        </DialogButton>
      </Group>
      <ListTable
        resource="consents"
        path={path}
        label={t('settings.tabs.consents')}
        columns={useConsentColumns(setRevoking)}
        empty={<Empty title={t('consents.none')} />}
      />
      {revoking !== null && (
        <ConfirmRemoval
          title={t('consents.revoke')}
          consequence={t('consents.revokeConsequence')}
          verb={t('consents.revoke')}
          path={`${path}/${revoking.id}`}
          forgets={['consents']}
          onClose={() => setRevoking(null)}
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
            <RowButton right="consents.write" color="bad" onClick={() => revoke(row)}>
              {t('consents.revoke')}
            </RowButton>
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
  const grant = async (): Promise<void> => {
    await post(path, { scope, reason, hours });
    forget('consents');
  };
  return (
    <FormDialog title={t('consents.grant')} verb={t('consents.grant')} work={grant} onClose={onClose}>
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
    </FormDialog>
  );
}
