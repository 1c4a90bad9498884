// SPDX-License-Identifier: Apache-2.0
// Download of a held file (AC-8): the password again, then the VM packs it, then an encrypted archive whose password is shown here.
import type { QuarantineFetch } from '@lazaret/contract';
import { Button, Code, Group, Loader, PasswordInput, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, urlOf } from '../../api/client.ts';
import { useTenantPath } from '../../api/session.ts';
import { Copy } from '../../parts/copy-button.tsx';
import { Dialog } from '../../parts/dialogs/dialog.tsx';
import { ErrorCell } from '../../parts/text/error-cell.tsx';
import { FileName } from '../../parts/text/file-name.tsx';
import { useSubmit } from '../../parts/form.ts';
import { ErrorNote, Note } from '../../parts/notes.tsx';
import type { HeldFile } from './restore-order.ts';

const POLL_MS = 1_500;

export function FetchEntry({ file, onClose }: { readonly file: HeldFile; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const [password, setPassword] = useState('');
  const [asked, setAsked] = useState<QuarantineFetch | null>(null);
  const submit = useSubmit(async () => {
    setAsked(await post<QuarantineFetch>(path('/quarantine/fetch'), { vmId: file.vmId, entry: file.entry, password }));
    setPassword('');
  });
  return (
    <Dialog title={t('fetch.title')} opened onClose={onClose}>
      {asked !== null ? (
        <Progress first={asked} onClose={onClose} />
      ) : (
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
            <FileName path={file.path} />
            <Note tone="watch" title={t('fetch.warning')}>
              {t('fetch.advice')}
            </Note>
            <PasswordInput
              label={t('fetch.password')}
              required
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Group justify="flex-end">
              <Button variant="outline" color="neutral" onClick={onClose} data-autofocus>
                {t('common.cancel')}
              </Button>
              <Button type="submit" color="bad" loading={submit.busy}>
                {t('fetch.verb')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

function Progress({ first, onClose }: { readonly first: QuarantineFetch; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const at = path(`/quarantine/fetches/${first.id}`);
  const query = useQuery({
    queryKey: ['quarantine-fetch', first.id],
    queryFn: () => get<QuarantineFetch>(at),
    initialData: first,
    refetchInterval: ({ state }) => (state.data?.state === 'queued' || state.data?.state === 'sent' ? POLL_MS : false),
  });
  const fetchState = query.data;
  return (
    <Stack gap="md">
      {(fetchState.state === 'queued' || fetchState.state === 'sent') && (
        <Group gap="sm" role="status">
          <Loader size="sm" /> {t('fetch.waiting')}
        </Group>
      )}
      {(fetchState.state === 'failed' || fetchState.state === 'expired') && (
        <Note tone="bad" title={t('fetch.failed')}>
          {fetchState.error !== null && <ErrorCell failure={fetchState.error} />}
        </Note>
      )}
      {fetchState.state === 'ready' && (
        <>
          <Text size="sm">{t('fetch.archivePassword')}</Text>
          <Group gap="sm">
            <Code>{fetchState.archivePassword}</Code>
            <Copy text={fetchState.archivePassword} />
          </Group>
          <Button component="a" href={urlOf(`${at}/archive`)} download>
            {t('quarantine.download')}
          </Button>
        </>
      )}
      <Group justify="flex-end">
        <Button variant="outline" onClick={onClose}>
          {t('common.close')}
        </Button>
      </Group>
    </Stack>
  );
}
