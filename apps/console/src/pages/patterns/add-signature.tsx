// SPDX-License-Identifier: Apache-2.0
// A new signature: a hash, a ClamAV line or YARA rules, and the name of what it finds.
import { type Signature, type SignatureRequest, SIGNATURE_KINDS, THREAT_KINDS } from '@lazaret/contract';
import { Group, Select, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { FormDialog } from '../../parts/dialogs/form-dialog.tsx';

type Signed = Pick<Signature, 'kind' | 'name' | 'body' | 'threatKind' | 'reason'> & SignatureRequest;

export function AddSignature({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath()('/patterns/signatures');
  const forget = useForget();
  const [form, setForm] = useState<Signed>({ kind: 'sha256', name: '', body: '', threatKind: 'other', reason: '' });
  const send = async (): Promise<void> => {
    await post<Signature>(path, form);
    forget('signatures', 'patterns');
  };
  return (
    <FormDialog
      title={t('signatures.add')}
      verb={t('signatures.add')}
      size="lg"
      work={send}
      onCancel={onClose}
      onClose={onClose}
    >
      <Text size="sm">{t('signatures.advice')}</Text>
      <Group>
        <Select
          label={t('signatures.kind')}
          allowDeselect={false}
          data={SIGNATURE_KINDS.map((kind) => ({ value: kind, label: t(`signatures.kinds.${kind}`) }))}
          value={form.kind}
          onChange={(kind) => setForm({ ...form, kind: kind ?? form.kind })}
        />
        <Select
          label={t('detections.kind')}
          allowDeselect={false}
          data={THREAT_KINDS.map((kind) => ({ value: kind, label: t(`threats.${kind}`) }))}
          value={form.threatKind}
          onChange={(threatKind) => setForm({ ...form, threatKind: threatKind ?? form.threatKind })}
        />
      </Group>
      <TextInput
        label={t('signatures.name')}
        description={t('signatures.nameAdvice')}
        required
        pattern="[A-Za-z0-9._\-]+"
        value={form.name}
        onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
      />
      <Textarea
        label={t('signatures.body')}
        description={t(`signatures.bodyAdvice.${form.kind}`)}
        required
        autosize
        minRows={3}
        maxRows={16}
        classNames={{ input: 'mono' }}
        value={form.body}
        onChange={(event) => setForm({ ...form, body: event.currentTarget.value })}
      />
      <TextInput
        label={t('exceptions.reason')}
        value={form.reason}
        onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
      />
    </FormDialog>
  );
}
