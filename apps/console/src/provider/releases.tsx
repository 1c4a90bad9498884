// SPDX-License-Identifier: Apache-2.0
// Pattern releases for all tenants: import from a directory, the ClamAV database of the manager's machine, our own rules, or files from here; then
// make one the release that agents are to have. Going back is the same step.
import type { PatternRelease } from '@lazaret/contract';
import { Button, FileInput, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { formatBytes } from '../i18n/format.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { shortRelease } from '../pages/vms/vms.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { useSubmit } from '../parts/form.ts';
import { Moment } from '../parts/text/moment.tsx';
import { Name } from '../parts/text/name.tsx';
import { Answer, Empty, ErrorNote } from '../parts/notes.tsx';
import { StateMark } from '../parts/state-mark.tsx';

const PATH = '/provider/releases';
const SOURCES = ['clamav', 'directory', 'upload', 'starter'] as const;
type Source = (typeof SOURCES)[number];

export function ProviderReleases() {
  const { t } = useTranslation();
  const forget = useForget();
  const query = useOne<{ readonly items: readonly PatternRelease[] }>('provider', PATH);
  const [importing, setImporting] = useState(false);
  const [activating, setActivating] = useState<PatternRelease | null>(null);
  const columns = useReleaseColumns(setActivating);
  return (
    <Stack gap="md">
      <Group>
        <Button onClick={() => setImporting(true)}>{t('releases.import')}</Button>
      </Group>
      <Answer query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('patterns.none')}>{t('releases.noneAdvice')}</Empty>
          ) : (
            <DataTable
              label={t('patterns.releases')}
              columns={columns}
              rows={items}
              total={items.length}
              rowId={(row) => row.id}
            />
          )
        }
      </Answer>
      {importing && <ImportRelease onClose={() => setImporting(false)} />}
      {activating !== null && (
        <Confirm
          title={t('releases.activateTitle', { name: activating.label })}
          consequence={t('releases.activateConsequence')}
          verb={t('releases.activate')}
          destructive={false}
          onClose={() => setActivating(null)}
          onConfirm={async () => {
            await post(`${PATH}/${activating.id}/activate`);
            forget('provider', 'patterns', 'overview');
          }}
        />
      )}
    </Stack>
  );
}

function useReleaseColumns(activate: (release: PatternRelease) => void): readonly Column<PatternRelease>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return useMemo(
    () => [
      {
        id: 'release',
        header: t('vms.release'),
        cell: (row) => <span className="mono">{shortRelease(row.id)}</span>,
      },
      {
        id: 'state',
        header: t('patterns.state'),
        cell: (row) => <StateMark subject="release" state={row.state} />,
      },
      { id: 'source', header: t('patterns.source'), cell: (row) => <Name text={row.source} /> },
      { id: 'bytes', header: t('quarantine.bytes'), cell: (row) => formatBytes(row.bytes, language) },
      { id: 'imported', header: t('patterns.imported'), cell: (row) => <Moment at={row.importedAt} /> },
      { id: 'activated', header: t('patterns.activated'), cell: (row) => <Moment at={row.activatedAt} /> },
      {
        id: 'activate',
        header: t('scans.actions'),
        cell: (row) =>
          row.state !== 'active' && (
            <Button size="compact-sm" variant="outline" onClick={() => activate(row)}>
              {t('releases.activate')}
            </Button>
          ),
      },
    ],
    [t, language, activate],
  );
}

function ImportRelease({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const forget = useForget();
  const [source, setSource] = useState<Source>('clamav');
  const [label, setLabel] = useState(() => new Date().toISOString().slice(0, 10));
  const [directory, setDirectory] = useState('');
  const [files, setFiles] = useState<File[]>([]);
  const submit = useSubmit(async () => {
    const more =
      source === 'directory'
        ? { directory }
        : source === 'upload'
          ? { files: await Promise.all(files.map(toUpload)) }
          : {};
    await post(PATH, { source, label, ...more });
    forget('provider', 'patterns', 'overview');
    onClose();
  });
  return (
    <Dialog title={t('releases.import')} opened onClose={onClose}>
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <Text size="sm">{t('releases.importAdvice')}</Text>
          <Select
            label={t('patterns.source')}
            allowDeselect={false}
            data={SOURCES.map((value) => ({ value, label: t(`releases.sources.${value}`) }))}
            value={source}
            onChange={(next) => setSource(next ?? source)}
          />
          <TextInput
            label={t('releases.label')}
            required
            pattern="[a-z0-9][a-z0-9.\-]*"
            description={t('releases.labelAdvice')}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          {source === 'directory' && (
            <TextInput
              label={t('restore.directory')}
              required
              classNames={{ input: 'mono' }}
              value={directory}
              onChange={(event) => setDirectory(event.currentTarget.value)}
            />
          )}
          {source === 'upload' && (
            <FileInput label={t('releases.files')} required multiple value={files} onChange={setFiles} />
          )}
          {submit.error !== null && <ErrorNote error={submit.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={submit.busy} disabled={source === 'upload' && files.length === 0}>
              {t('releases.import')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

async function toUpload(file: File): Promise<{ readonly name: string; readonly contentBase64: string }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: file.name, contentBase64: bytes.toBase64() };
}
