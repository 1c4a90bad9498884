// SPDX-License-Identifier: Apache-2.0
// A new policy: from the defaults, a copy, or a document that somebody exported.
import { checkPolicy, type PolicyView } from '@lazaret/contract';
import { defaultPolicy } from '@lazaret/core';
import { Select, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { FormDialog } from '../../parts/dialogs/form-dialog.tsx';
import { usePolicyChoices } from '../choices.ts';

type Source = 'default' | 'copy' | 'import';

export function AddPolicy({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const path = useTenantPath();
  const navigate = useNavigate();
  const forget = useForget();
  const policies = usePolicyChoices();
  const [name, setName] = useState('');
  const [source, setSource] = useState<Source>('default');
  const [copyOf, setCopyOf] = useState<string | null>(null);
  const [text, setText] = useState('');
  const create = async (): Promise<void> => {
    const document = { ...(await readDocument(source, copyOf, text, path)), name };
    const made = await post<PolicyView>(path('/policies'), { document });
    forget('policies');
    await navigate({ to: '/t/$tenant/policies/$id', params: { tenant, id: made.id } });
  };
  return (
    <FormDialog
      title={t('policies.add')}
      verb={t('policies.create')}
      size="lg"
      work={create}
      onCancel={onClose}
      onClose={onClose}
    >
      <TextInput
        label={t('policies.name')}
        required
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label={t('policies.source')}
        allowDeselect={false}
        data={(['default', 'copy', 'import'] as const).map((value) => ({
          value,
          label: t(`policies.sources.${value}`),
        }))}
        value={source}
        onChange={(value) => setSource(value ?? 'default')}
      />
      {source === 'copy' && (
        <Select label={t('policies.copyOf')} required data={policies} value={copyOf} onChange={setCopyOf} />
      )}
      {source === 'import' && (
        <Textarea
          label={t('policies.document')}
          required
          autosize
          minRows={6}
          maxRows={16}
          classNames={{ input: 'mono' }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}

async function readDocument(
  source: Source,
  copyOf: string | null,
  text: string,
  path: (rest: string) => string,
): Promise<object> {
  if (source === 'copy' && copyOf !== null) return (await get<PolicyView>(path(`/policies/${copyOf}`))).document;
  if (source !== 'import') return defaultPolicy;
  const parsed: unknown = JSON.parse(text);
  const checked = checkPolicy(parsed);
  // The manager says every fault with its place; what is whole here is sent whole.
  return 'policy' in checked ? checked.policy : (parsed as object);
}
