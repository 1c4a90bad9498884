// SPDX-License-Identifier: Apache-2.0
// "Is it scanned?" asked of the VM itself, then all exceptions of all policies: what, why, who, until when.
import type { ExceptionRow, ExplainAnswer, ExplanationRow } from '@lazaret/contract';
import { EXPLANATION_WHYS } from '@lazaret/core';
import { Button, Checkbox, Code, Group, Loader, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../i18n/error-text.ts';
import { get, post, remove } from '../../api/client.ts';
import { useForget, useList } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { TextLink } from '../../app/links.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Confirm, Dialog } from '../../parts/dialog.tsx';
import { useSubmit } from '../../parts/form.ts';
import { ListBody } from '../../parts/list-page.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty, ErrorNote, Note } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { RightButton } from '../../parts/right-button.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { MatchSelect } from '../../policy/exceptions/exception-editor.tsx';
import { type MatchKind, matchOf } from '../../policy/exceptions/exception-match.ts';
import { useMatchWords } from '../../policy/exceptions/use-match-words.ts';
import { usePolicyChoices, useVmChoices } from '../choices.ts';
import { Name } from '../../parts/text/name.tsx';

export function ExceptionsPage() {
  const { t } = useTranslation();
  const path = useTenantPath()('/exceptions');
  const list = useList<ExceptionRow>('exceptions', path, {});
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<ExceptionRow | null>(null);
  const columns = useExceptionColumns(setEnding);
  return (
    <Page
      title={t('nav.exceptions')}
      actions={
        <RightButton right="policies.write" onClick={() => setAdding(true)}>
          {t('exceptions.add')}
        </RightButton>
      }
    >
      <Tester />
      <ListBody list={list} empty={<Empty title={t('exceptions.none')}>{t('exceptions.noneAdvice')}</Empty>}>
        <DataTable
          label={t('nav.exceptions')}
          columns={columns}
          rows={list.rows}
          total={list.total}
          rowId={(row) => row.id}
          onMore={list.more}
        />
      </ListBody>
      {adding && <AddException onClose={() => setAdding(false)} />}
      {ending !== null && <EndException row={ending} onClose={() => setEnding(null)} />}
    </Page>
  );
}

function Tester() {
  const { t } = useTranslation();
  const path = useTenantPath();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed, 250);
  const vms = useVmChoices(q);
  const [vmId, setVmId] = useState<string | null>(null);
  const [file, setFile] = useState('');
  const [asked, setAsked] = useState<ExplainAnswer | null>(null);
  const submit = useSubmit(async () => {
    setAsked(null);
    setAsked(await post<ExplainAnswer>(path('/explain'), { vmId, path: file }));
  });
  return (
    <section aria-labelledby="tester">
      <Title order={2} id="tester" mb="sm">
        {t('tester.title')}
      </Title>
      <form onSubmit={submit.onSubmit}>
        <Group align="flex-end" gap="sm">
          <Select
            label={t('tester.vm')}
            required
            searchable
            w={240}
            data={vms}
            value={vmId}
            onChange={setVmId}
            onSearchChange={setTyped}
          />
          <TextInput
            label={t('tester.path')}
            required
            w={360}
            classNames={{ input: 'mono' }}
            placeholder="/srv/www/index.php"
            value={file}
            onChange={(event) => setFile(event.currentTarget.value)}
          />
          <Button type="submit" loading={submit.busy} disabled={vmId === null || file === ''}>
            {t('tester.ask')}
          </Button>
        </Group>
      </form>
      {submit.error !== null && <ErrorNote error={submit.error} />}
      {asked !== null && vmId !== null && <ExplainResult first={asked} vmId={vmId} />}
    </section>
  );
}

const POLL_MS = 1_000;

function ExplainResult({ first, vmId }: { readonly first: ExplainAnswer; readonly vmId: string }) {
  const { t } = useTranslation();
  const text = useErrorText();
  const path = useTenantPath();
  const query = useQuery({
    queryKey: ['explain', first.commandId],
    queryFn: () => get<ExplainAnswer>(path(`/explain/${first.commandId}`), { vmId }),
    initialData: first,
    refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? POLL_MS : false),
  });
  const answer = query.data;
  if (answer.state === 'waiting')
    return (
      <Group gap="sm" mt="sm" role="status">
        <Loader size="sm" /> {t('tester.waiting')}
      </Group>
    );
  if (answer.state === 'failed')
    return (
      <Note tone="bad" title={t('tester.failed')}>
        {answer.error !== null && text(answer.error)} <code>{answer.error?.code}</code>
      </Note>
    );
  return (
    <Table mt="sm" maw={820} aria-live="polite">
      <Table.Tbody>
        {answer.answers.map((row) => (
          <ExplainRow key={row.kind} row={row} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function ExplainRow({ row }: { readonly row: ExplanationRow }) {
  const { t } = useTranslation();
  // A newer agent may have a reason that this page does not know.
  const why = EXPLANATION_WHYS.find((one) => one === row.why);
  return (
    <Table.Tr>
      <Table.Th scope="row">{t(`scanKinds.${row.kind}`)}</Table.Th>
      <Table.Td>
        <StateMark subject="scanned" state={row.scanned} />
      </Table.Td>
      <Table.Td>{why === undefined ? row.why : t(`tester.why.${why}`)}</Table.Td>
      <Table.Td>
        <Code>{row.decidedBy}</Code>
      </Table.Td>
    </Table.Tr>
  );
}

function useExceptionColumns(end: (row: ExceptionRow) => void): readonly Column<ExceptionRow>[] {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const words = useMatchWords();
  return useMemo(
    () => [
      {
        id: 'what',
        header: t('exceptions.what'),
        cell: (row) => words(row.match).what,
      },
      {
        id: 'value',
        header: t('exceptions.value'),
        cell: (row) => <span className="mono">{words(row.match).value}</span>,
      },
      { id: 'kind', header: t('exceptions.scans'), cell: (row) => t(`scanKinds.${row.kind}`) },
      {
        id: 'policy',
        header: t('vms.policy'),
        cell: (row) => (
          <TextLink
            to="/t/$tenant/policies/$id"
            params={{ tenant, id: row.policy.id }}
            search={{ tab: 'exceptions' } as never}
          >
            <Name text={row.policy.name} />
          </TextLink>
        ),
      },
      { id: 'reason', header: t('exceptions.reason'), cell: (row) => <Name text={row.reason ?? '–'} /> },
      { id: 'author', header: t('exceptions.author'), cell: (row) => <Name text={row.author ?? '–'} /> },
      { id: 'expires', header: t('exceptions.expires'), cell: (row) => <Moment at={row.expires} /> },
      {
        id: 'end',
        header: t('scans.actions'),
        cell: (row) => (
          <RightButton right="policies.write" size="compact-sm" variant="subtle" color="bad" onClick={() => end(row)}>
            {t('exceptions.end')}
          </RightButton>
        ),
      },
    ],
    [t, tenant, end, words],
  );
}

function EndException({ row, onClose }: { readonly row: ExceptionRow; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const words = useMatchWords();
  return (
    <Confirm
      title={t('exceptions.endTitle')}
      consequence={
        <>
          {t('exceptions.endConsequence')} <Code>{words(row.match).value}</Code>
        </>
      }
      verb={t('exceptions.end')}
      onClose={onClose}
      onConfirm={async () => {
        await remove(path(`/exceptions/${row.id}`));
        forget('exceptions', 'policies');
      }}
    />
  );
}

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

function AddException({ onClose }: { readonly onClose: () => void }) {
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
  const submit = useSubmit(async () => {
    await post(path('/exceptions'), {
      policyId,
      kinds,
      match: matchOf(kind, value),
      reason,
      expires: until === '' ? null : `${until}T00:00:00Z`,
    });
    forget('exceptions', 'policies');
    onClose();
  });
  return (
    <Dialog title={t('exceptions.add')} opened onClose={onClose} size="lg">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
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
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button variant="outline" color="neutral" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={submit.busy} disabled={policyId === null || kinds.length === 0}>
              {t('exceptions.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
