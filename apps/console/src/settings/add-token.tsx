// SPDX-License-Identifier: Apache-2.0
// A new API token: what it may, until when; then the token itself, once.
import { API_TOKEN_DAYS_DEFAULT, TENANT_RIGHTS, type TenantRight } from '@lazaret/contract';
import { Checkbox, MultiSelect, NumberInput, TextInput } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useForget } from '../api/list.ts';
import { useRight, useTenantPath } from '../api/session.ts';
import { Dialog } from '../parts/dialogs/dialog.tsx';
import { DialogForm } from '../parts/dialogs/form-dialog.tsx';
import { ShownOnce } from '../parts/dialogs/shown-once.tsx';

export function AddToken({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<string | null>(null);
  return (
    <Dialog title={t('tokens.add')} opened onClose={onClose}>
      {made === null ? (
        <TokenForm onMade={setMade} />
      ) : (
        <ShownOnce advice={t('tokens.once')} text={made} onClose={onClose} />
      )}
    </Dialog>
  );
}

function TokenForm({ onMade }: { readonly onMade: (token: string) => void }) {
  const { t } = useTranslation();
  const path = useTenantPath()('/tokens');
  const forget = useForget();
  const rightText = useRightText();
  const [name, setName] = useState('');
  const [rights, setRights] = useState<TenantRight[]>(['vms.read']);
  const [days, setDays] = useState<number | string>(API_TOKEN_DAYS_DEFAULT);
  const [never, setNever] = useState(false);
  const create = async (): Promise<void> => {
    const expiresInDays = never ? null : Number(days);
    const { token } = await post<{ readonly token: string }>(path, { name, rights, expiresInDays });
    onMade(token);
    forget('tokens');
  };
  return (
    <DialogForm verb={t('tokens.create')} work={create} ready={rights.length > 0}>
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
    </DialogForm>
  );
}

/** `vms.read` → "VMs: view". */
export function useRightText(): (right: TenantRight) => string {
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
