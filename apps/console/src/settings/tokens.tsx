// SPDX-License-Identifier: Apache-2.0
// API tokens: shown once, with the rights that they have.
import { API_TOKEN_DAYS_DEFAULT, type ApiToken, TENANT_RIGHTS, type TenantRight } from '@lazaret/contract';
import { Button, Checkbox, Group, MultiSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, remove } from '../api/client.ts';
import { useForget, useList } from '../api/list.ts';
import { useRight, useTenantPath } from '../api/session.ts';
import { Copy } from '../parts/copy-button.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { useSubmit } from '../parts/form.ts';
import { ListBody } from '../parts/list-page.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Empty, ErrorNote } from '../parts/notes.tsx';
import { RightButton } from '../parts/right-button.tsx';
import { Name } from '../parts/text/name.tsx';

export function TokenSettings() {
  const { t } = useTranslation();
  const path = useTenantPath()('/tokens');
  const forget = useForget();
  const list = useList<ApiToken>('tokens', path, {});
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const rightText = useRightText();
  const columns = useMemo(
    (): readonly Column<ApiToken>[] => [
      { id: 'name', header: t('tokens.name'), cell: (row) => <Name text={row.name} /> },
      { id: 'rights', header: t('tokens.rights'), cell: (row) => row.rights.map(rightText).join(t('common.listGlue')) },
      { id: 'by', header: t('exceptions.author'), cell: (row) => <Name text={row.createdBy} /> },
      { id: 'used', header: t('tokens.used'), cell: (row) => <Moment at={row.lastUsedAt} as="relative" /> },
      { id: 'expires', header: t('exceptions.expires'), cell: (row) => <Moment at={row.expiresAt} /> },
      {
        id: 'revoke',
        header: t('scans.actions'),
        cell: (row) => (
          <RightButton
            right="tokens.write"
            size="compact-sm"
            variant="subtle"
            color="bad"
            onClick={() => setRevoking(row)}
          >
            {t('tokens.revoke')}
          </RightButton>
        ),
      },
    ],
    [t, rightText],
  );
  return (
    <Stack gap="md">
      <Group>
        <RightButton right="tokens.write" onClick={() => setAdding(true)}>
          {t('tokens.add')}
        </RightButton>
      </Group>
      <ListBody list={list} empty={<Empty title={t('tokens.none')}>{t('tokens.noneAdvice')}</Empty>}>
        <DataTable
          label={t('settings.tabs.tokens')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(row) => row.id}
          onMore={list.more}
        />
      </ListBody>
      {adding && <AddToken onClose={() => setAdding(false)} />}
      {revoking !== null && (
        <Confirm
          title={t('tokens.revokeTitle', { name: revoking.name })}
          consequence={t('tokens.revokeConsequence')}
          verb={t('tokens.revoke')}
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await remove(`${path}/${revoking.id}`);
            forget('tokens');
          }}
        />
      )}
    </Stack>
  );
}

/** `vms.read` → "VMs: look". */
function useRightText(): (right: TenantRight) => string {
  const { t } = useTranslation();
  return useCallback(
    (right) => {
      const [area, verb] = right.split('.') as [RightArea, 'read' | 'write' | 'fetch' | 'lasting'];
      return t(`tokens.access.${verb}`, { area: areaText(t, area) });
    },
    [t],
  );
}

type RightArea = TenantRight extends infer R ? (R extends `${infer A}.${string}` ? A : never) : never;

/** Areas are called as their pages are. */
function areaText(t: TFunction, area: RightArea): string {
  switch (area) {
    case 'enrolment':
    case 'groups':
      return t(`tokens.${area}`);
    case 'terms':
    case 'users':
    case 'tokens':
    case 'consents':
      return t(`settings.tabs.${area}`);
    case 'alarms':
    case 'audit':
    case 'detections':
    case 'notices':
    case 'overview':
    case 'patterns':
    case 'policies':
    case 'quarantine':
    case 'scans':
    case 'settings':
    case 'vms':
      return t(`nav.${area}`);
  }
}

interface DaysProps {
  readonly days: number | string;
  readonly never: boolean;
  readonly onDays: (days: number | string) => void;
  readonly onNever: (never: boolean) => void;
}

function DaysInput({ days, never, onDays, onNever }: DaysProps) {
  const { t } = useTranslation();
  const { has: mayLast } = useRight('tokens.lasting');
  return (
    <>
      <NumberInput
        label={t('tokens.days')}
        description={t('tokens.daysAdvice')}
        min={1}
        max={3650}
        required={!never}
        disabled={never}
        value={days}
        onChange={onDays}
      />
      {mayLast && (
        <Checkbox
          label={t('tokens.never')}
          checked={never}
          onChange={(event) => onNever(event.currentTarget.checked)}
        />
      )}
    </>
  );
}

function MadeToken({ token, onClose }: { readonly token: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Text size="sm">{t('tokens.once')}</Text>
      <code className="command-text">{token}</code>
      <Group justify="space-between">
        <Copy text={token} />
        <Button onClick={onClose}>{t('common.close')}</Button>
      </Group>
    </Stack>
  );
}

function AddToken({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath()('/tokens');
  const forget = useForget();
  const rightText = useRightText();
  const [name, setName] = useState('');
  const [rights, setRights] = useState<TenantRight[]>(['vms.read']);
  const [days, setDays] = useState<number | string>(API_TOKEN_DAYS_DEFAULT);
  const [never, setNever] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const submit = useSubmit(async () => {
    const { token } = await post<{ readonly token: string }>(path, {
      name,
      rights,
      expiresInDays: never ? null : Number(days),
    });
    setMade(token);
    forget('tokens');
  });
  return (
    <Dialog title={t('tokens.add')} opened onClose={onClose}>
      {made === null ? (
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
            <TextInput
              label={t('tokens.name')}
              required
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <MultiSelect
              label={t('tokens.rights')}
              required
              searchable
              data={TENANT_RIGHTS.map((value) => ({ value, label: rightText(value) }))}
              value={rights}
              onChange={(next) => setRights(next)}
            />
            <DaysInput days={days} never={never} onDays={setDays} onNever={setNever} />
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Group justify="flex-end">
              <Button type="submit" loading={submit.busy} disabled={rights.length === 0}>
                {t('tokens.create')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <MadeToken token={made} onClose={onClose} />
      )}
    </Dialog>
  );
}
