// SPDX-License-Identifier: Apache-2.0
// Commands a scan of one VM or many (SC-6), and answers row by row.
import type { Named, ScanStarted } from '@lazaret/contract';
import { Button, Group, Radio, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { ButtonLink } from '../../app/links.tsx';
import { Dialog } from '../../parts/dialogs/dialog.tsx';
import { ErrorCell } from '../../parts/text/error-cell.tsx';
import { useSubmit } from '../../parts/form.ts';
import { ErrorNote, Note } from '../../parts/notes.tsx';
import { Name } from '../../parts/text/name.tsx';

type Kind = 'full' | 'quick' | 'paths';

export function ScanVms({ vms, onClose }: { readonly vms: readonly Named[]; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const [kind, setKind] = useState<Kind>('full');
  const [paths, setPaths] = useState('');
  const [started, setStarted] = useState<ScanStarted | null>(null);
  const list = paths
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const submit = useSubmit(async () => {
    const body = { vmIds: vms.map(({ id }) => id), kind, ...(kind === 'paths' ? { paths: list } : {}) };
    setStarted(await post<ScanStarted>(path('/scans'), body));
    forget('scans', 'vms', 'overview');
  });
  return (
    <Dialog title={t('scan.start', { count: vms.length })} opened onClose={onClose}>
      {started === null ? (
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
            <Radio.Group label={t('scan.kind')} value={kind} onChange={(value) => setKind(value)}>
              <Stack gap="xs" mt="xs">
                {(['full', 'quick', 'paths'] as const).map((each) => (
                  <Radio
                    key={each}
                    value={each}
                    label={t(`scan.kinds.${each}`)}
                    description={t(`scan.kindAdvice.${each}`)}
                  />
                ))}
              </Stack>
            </Radio.Group>
            {kind === 'paths' && (
              <Textarea
                label={t('scan.paths')}
                autosize
                minRows={3}
                value={paths}
                onChange={(event) => setPaths(event.currentTarget.value)}
                classNames={{ input: 'mono' }}
              />
            )}
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Group justify="flex-end">
              <Button variant="outline" color="neutral" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={submit.busy} disabled={kind === 'paths' && list.length === 0}>
                {t('scan.startVerb', { count: vms.length })}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Started started={started} vms={vms} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Started({
  started,
  vms,
  onClose,
}: {
  readonly started: ScanStarted;
  readonly vms: readonly Named[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const refused = started.results.filter(({ error }) => error !== null);
  const nameOf = (vmId: string): string => vms.find(({ id }) => id === vmId)?.name ?? vmId;
  return (
    <Stack gap="md">
      <Note tone="running" title={t('scan.queued', { count: started.results.length - refused.length })}>
        {t('scan.queuedAdvice')}
      </Note>
      {refused.map(({ vmId, error }) => (
        <Note key={vmId} tone="bad" title={<Name text={nameOf(vmId)} />}>
          {error !== null && <ErrorCell failure={error} />}
        </Note>
      ))}
      <Group justify="flex-end">
        <ButtonLink to="/t/$tenant/scans" params={{ tenant }} variant="outline">
          {t('scan.watch')}
        </ButtonLink>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </Group>
    </Stack>
  );
}
