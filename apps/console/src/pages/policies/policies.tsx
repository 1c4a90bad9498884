// SPDX-License-Identifier: Apache-2.0
// All policies: on how many VMs each is in force, of how many.
import { checkPolicy, type PolicyRow, type PolicyView } from '@lazaret/contract';
import { defaultPolicy } from '@lazaret/core';
import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { useForget, useList } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { TextLink } from '../../app/links.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useSubmit } from '../../parts/form.ts';
import { ListBody } from '../../parts/list-page.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty, ErrorNote } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { RightButton } from '../../parts/right-button.tsx';
import { ToneMark } from '../../parts/state-mark.tsx';
import { PolicyApplied } from '../../policy/applied.tsx';
import { usePolicyChoices } from '../choices.ts';
import { Name } from '../../parts/text/name.tsx';

export function PoliciesPage() {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const navigate = useNavigate();
  const path = useTenantPath()('/policies');
  const list = useList<PolicyRow>('policies', path, {});
  const [adding, setAdding] = useState(false);
  const columns = usePolicyColumns();
  return (
    <Page
      title={t('nav.policies')}
      actions={
        <RightButton right="policies.write" onClick={() => setAdding(true)}>
          {t('policies.add')}
        </RightButton>
      }
    >
      <ListBody list={list} empty={<Empty title={t('policies.none')}>{t('policies.noneAdvice')}</Empty>}>
        <DataTable
          label={t('nav.policies')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(row) => row.id}
          onOpen={(row) => void navigate({ to: '/t/$tenant/policies/$id', params: { tenant, id: row.id } })}
          onMore={list.more}
        />
      </ListBody>
      {adding && <AddPolicy onClose={() => setAdding(false)} />}
    </Page>
  );
}

function usePolicyColumns(): readonly Column<PolicyRow>[] {
  const { t } = useTranslation();
  const tenant = useTenantId();
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('policies.name'),
        cell: (row) => (
          <Group gap="sm" wrap="nowrap">
            <TextLink to="/t/$tenant/policies/$id" params={{ tenant, id: row.id }}>
              <Name text={row.name} />
            </TextLink>
            {row.isDefault && <ToneMark tone="neutral">{t('policies.isDefault')}</ToneMark>}
          </Group>
        ),
      },
      { id: 'revision', header: t('policies.revision'), cell: (row) => row.revision },
      { id: 'applied', header: t('policies.applied'), cell: (row) => <PolicyApplied policyId={row.id} /> },
      {
        id: 'groups',
        header: t('policies.groups'),
        cell: (row) => <Name text={row.groups.map(({ name }) => name).join(', ')} />,
      },
      { id: 'changed', header: t('policies.changed'), cell: (row) => <Moment at={row.updatedAt} as="relative" /> },
    ],
    [t, tenant],
  );
}

type Source = 'default' | 'copy' | 'import';

/** From the defaults, a copy, or a document that somebody exported. */
function AddPolicy({ onClose }: { readonly onClose: () => void }) {
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
  const submit = useSubmit(async () => {
    const document = { ...(await readDocument(source, copyOf, text, path)), name };
    const made = await post<PolicyView>(path('/policies'), { document });
    forget('policies');
    await navigate({ to: '/t/$tenant/policies/$id', params: { tenant, id: made.id } });
  });
  return (
    <Dialog title={t('policies.add')} opened onClose={onClose} size="lg">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
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
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button variant="outline" color="neutral" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={submit.busy}>
              {t('policies.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
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
