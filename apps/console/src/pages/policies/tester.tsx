// SPDX-License-Identifier: Apache-2.0
// "Is it scanned?": the VM itself answers, for each kind of scan, and says what decided it.
import type { ExplainAnswer, ExplanationRow } from '@lazaret/contract';
import { EXPLANATION_WHYS } from '@lazaret/core';
import { Button, Code, Group, Loader, Select, Table, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { useTenantPath } from '../../api/session.ts';
import { useErrorText } from '../../i18n/error-text.ts';
import { useSubmit } from '../../parts/form.ts';
import { ErrorNote, Note } from '../../parts/notes.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useVmChoices } from '../choices.ts';

export function Tester() {
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
