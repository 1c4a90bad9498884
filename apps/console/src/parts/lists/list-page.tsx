// SPDX-License-Identifier: Apache-2.0
// What every list has: a filter field on `/`, its count, the table or what to say without rows, and the export of the same filter.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Query } from '../../api/query.ts';
import { type ListOf, type PageOf, readAll } from '../../api/list.ts';
import { formatCount } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { type CsvCell, formatCsv } from '../text/csv.ts';
import { useWork } from '../form.ts';
import { ErrorNote, Loading } from '../notes.tsx';
import { saveFile } from '../save-file.ts';

export function FilterText({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, 250);
  return (
    <TextInput
      data-filter
      aria-keyshortcuts="/"
      label={label}
      value={text}
      w={260}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}

interface ListProps<T, P extends PageOf<T>> {
  readonly list: ListOf<T, P>;
  readonly empty: ReactNode;
  readonly children: ReactNode;
}

export function ListBody<T, P extends PageOf<T>>({ list, empty, children }: ListProps<T, P>) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (list.error !== null && list.rows.length === 0) return <ErrorNote error={list.error} onRetry={list.reload} />;
  if (list.isLoading) return <Loading rows={10} />;
  if (list.rows.length === 0) return <>{empty}</>;
  return (
    <Stack gap="xs">
      {children}
      <Text size="xs" c="dimmed" role="status">
        {t('table.count', { shown: formatCount(list.rows.length, language), total: formatCount(list.total, language) })}
      </Text>
    </Stack>
  );
}

interface ExportProps<T> {
  readonly name: string;
  readonly path: string;
  readonly filter: Query;
  readonly header: readonly string[];
  readonly row: (item: T) => readonly CsvCell[];
}

/** All rows of the filter, not only those that were loaded. */
export function ExportButton<T>({ name, path, filter, header, row }: ExportProps<T>) {
  const { t } = useTranslation();
  const { run, busy, error } = useWork(async () => {
    const items = await readAll<T>(path, filter);
    saveFile(`lazaret-${name}.csv`, formatCsv(header, items.map(row)), 'text/csv;charset=utf-8');
  });
  return (
    <Group gap="xs">
      <Button variant="outline" color="neutral" loading={busy} onClick={run}>
        {t('table.csv')}
      </Button>
      {error !== null && <ErrorNote error={error} />}
    </Group>
  );
}
