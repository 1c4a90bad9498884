// SPDX-License-Identifier: Apache-2.0
// A new exception: in which policy, for which kinds of scan, what, why, until when.
import { Checkbox, Group, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { FormDialog } from '../../parts/dialogs/form-dialog.tsx';
import { Note } from '../../parts/notes.tsx';
import { MatchSelect } from '../../policy/exceptions/exception-editor.tsx';
import { type MatchKind, matchOf } from '../../policy/exceptions/exception-match.ts';
import { usePolicyChoices } from '../choices.ts';

const KINDS = ['realtime', 'scheduled', 'manual'] as const;

interface KindChoiceProps {
  readonly kinds: string[];
  readonly onChange: (kinds: string[]) => void;
}

function KindChoice({ kinds, onChange }: KindChoiceProps) {
  const { t } = useTranslation();
  return (
    <Checkbox.Group label={t('exceptions.scans')} value={kinds} onChange={onChange}>
      <Group mt="xs">
        {KINDS.map((each) => (
          <Checkbox key={each} value={each} label={t(`scanKinds.${each}`)} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

export function AddException({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const policies = usePolicyChoices();
  const [policyId, setPolicy] = useState<string | null>(null);
  const [kinds, setKinds] = useState<string[]>([...KINDS]);
  const [kind, setKind] = useState<MatchKind>('directory');
  const [value, setValue] = useState('');
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const send = async (): Promise<void> => {
    await post(path('/exceptions'), {
      policyId,
      kinds,
      match: matchOf(kind, value),
      reason,
      expires: until === '' ? null : `${until}T00:00:00Z`,
    });
    forget('exceptions', 'policies');
  };
  return (
    <FormDialog
      title={t('exceptions.add')}
      verb={t('exceptions.add')}
      size="lg"
      work={send}
      ready={policyId !== null && kinds.length > 0}
      onCancel={onClose}
      onClose={onClose}
    >
      <Note tone="watch">{t('exceptions.warning')}</Note>
      <Select label={t('vms.policy')} required data={policies} value={policyId} onChange={setPolicy} />
      <KindChoice kinds={kinds} onChange={setKinds} />
      <Group align="flex-end" gap="sm">
        <MatchSelect value={kind} onChange={setKind} />
        <TextInput
          w={360}
          label={t('exceptions.value')}
          required
          classNames={{ input: 'mono' }}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      </Group>
      <Text size="xs">{t('exceptions.globs')}</Text>
      <TextInput
        label={t('exceptions.reason')}
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        maw={220}
        label={t('exceptions.expires')}
        description={t('exceptions.expiresNever')}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
