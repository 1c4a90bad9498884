// SPDX-License-Identifier: Apache-2.0
// A release from the ClamAV database of the manager's machine, from one of its directories, from files of this browser, or our own rules alone.
import { FileInput, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useForget } from '../api/list.ts';
import { FormDialog } from '../parts/dialogs/form-dialog.tsx';

const SOURCES = ['clamav', 'directory', 'upload', 'starter'] as const;
type Source = (typeof SOURCES)[number];

interface ImportProps {
  readonly path: string;
  readonly onClose: () => void;
}

export function ImportRelease({ path, onClose }: ImportProps) {
  const { t } = useTranslation();
  const forget = useForget();
  const [source, setSource] = useState<Source>('clamav');
  const [label, setLabel] = useState(() => new Date().toISOString().slice(0, 10));
  const [directory, setDirectory] = useState('');
  const [files, setFiles] = useState<File[]>([]);
  const send = async (): Promise<void> => {
    const more =
      source === 'directory'
        ? { directory }
        : source === 'upload'
          ? { files: await Promise.all(files.map(toUpload)) }
          : {};
    await post(path, { source, label, ...more });
    forget('provider', 'patterns', 'overview');
  };
  return (
    <FormDialog
      title={t('releases.import')}
      verb={t('releases.import')}
      work={send}
      ready={source !== 'upload' || files.length > 0}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}

async function toUpload(file: File): Promise<{ readonly name: string; readonly contentBase64: string }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: file.name, contentBase64: bytes.toBase64() };
}
