// SPDX-License-Identifier: Apache-2.0
// Restore: where to, and whether an exception keeps the next scan from taking it again. Answers per file.
import type { QuarantineResults } from '@lazaret/contract';
import { Button, Group, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useForget } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { Dialog } from '../../parts/dialogs/dialog.tsx';
import { ErrorCell } from '../../parts/text/error-cell.tsx';
import { FileName } from '../../parts/text/file-name.tsx';
import { useSubmit } from '../../parts/form.ts';
import { ErrorNote, Note } from '../../parts/notes.tsx';
import { Name } from '../../parts/text/name.tsx';
import { FIRST_WISH, type HeldFile, restoreOrder, type Wish } from './restore-order.ts';

const SHOWN_MAX = 5;

export function RestoreEntries({
  entries,
  onClose,
}: {
  readonly entries: readonly HeldFile[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const forget = useForget();
  const [wish, setWish] = useState(FIRST_WISH);
  const [results, setResults] = useState<QuarantineResults | null>(null);
  const change = (next: Partial<Wish>): void => setWish({ ...wish, ...next });
  const submit = useSubmit(async () => {
    setResults(await post<QuarantineResults>(path('/quarantine/restore'), restoreOrder(entries, wish)));
    forget('quarantine', 'detections', 'commands', 'exceptions');
  });
  return (
    <Dialog title={t('restore.title', { count: entries.length })} opened onClose={onClose} size="lg">
      {results === null ? (
        <form onSubmit={submit.onSubmit}>
          <Stack gap="md">
            <FileNames entries={entries} />
            <PlaceChoice wish={wish} onChange={change} />
            <ExceptionChoice wish={wish} onChange={change} />
            {submit.error !== null && <ErrorNote error={submit.error} />}
            <Group justify="flex-end">
              <Button variant="outline" color="neutral" onClick={onClose} data-autofocus>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={submit.busy}>
                {t('restore.verb', { count: entries.length })}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Results results={results} entries={entries} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface WishProps {
  readonly wish: Wish;
  readonly onChange: (next: Partial<Wish>) => void;
}

function PlaceChoice({ wish, onChange }: WishProps) {
  const { t } = useTranslation();
  return (
    <>
      <Radio.Group label={t('restore.place')} value={wish.place} onChange={(place) => onChange({ place })}>
        <Group mt="xs">
          <Radio value="old" label={t('restore.old')} />
          <Radio value="other" label={t('restore.other')} />
        </Group>
      </Radio.Group>
      {wish.place === 'other' && (
        <TextInput
          label={t('restore.directory')}
          required
          value={wish.directory}
          onChange={(event) => onChange({ directory: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function ExceptionChoice({ wish, onChange }: WishProps) {
  const { t } = useTranslation();
  return (
    <>
      <Radio.Group
        label={t('restore.exception')}
        description={t('restore.exceptionAdvice')}
        value={wish.exception}
        onChange={(exception) => onChange({ exception })}
      >
        <Group mt="xs">
          <Radio value="none" label={t('restore.noException')} />
          <Radio value="sha256" label={t('restore.bySha256')} />
        </Group>
      </Radio.Group>
      {wish.exception === 'sha256' && (
        <Group align="flex-end">
          <TextInput
            label={t('exceptions.reason')}
            required
            value={wish.reason}
            onChange={(event) => onChange({ reason: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('exceptions.expires')}
            description={t('exceptions.expiresNever')}
            value={wish.until}
            onChange={(event) => onChange({ until: event.currentTarget.value })}
          />
        </Group>
      )}
      {wish.exception === 'none' && <Note tone="watch">{t('restore.again')}</Note>}
    </>
  );
}

export function FileNames({ entries }: { readonly entries: readonly HeldFile[] }) {
  const { t } = useTranslation();
  return (
    <ul className="plain">
      {entries.slice(0, SHOWN_MAX).map((file) => (
        <li key={`${file.vmId}/${file.entry}`}>
          <Name text={file.vmName} />: <FileName path={file.path} />
        </li>
      ))}
      {entries.length > SHOWN_MAX && <li>{t('common.andMore', { count: entries.length - SHOWN_MAX })}</li>}
    </ul>
  );
}

function Results({
  results,
  entries,
  onClose,
}: {
  readonly results: QuarantineResults;
  readonly entries: readonly HeldFile[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const refused = results.results.filter(({ error }) => error !== null);
  const queued = results.results.length - refused.length;
  return (
    <Stack gap="md">
      {queued > 0 && (
        <Note tone="running" title={t('restore.queued', { count: queued })}>
          {t('restore.queuedAdvice')}
        </Note>
      )}
      {refused.map(({ vmId, entry, error }) => (
        <Note
          key={`${vmId}/${entry}`}
          tone="bad"
          title={<FileName path={entries.find((file) => file.entry === entry)?.path ?? entry} />}
        >
          {error !== null && <ErrorCell failure={error} />}
        </Note>
      ))}
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('common.close')}</Button>
      </Group>
    </Stack>
  );
}
