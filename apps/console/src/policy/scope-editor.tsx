// SPDX-License-Identifier: Apache-2.0
// Where and what is scanned (RT-2, RT-3): all or a list of directories; all files, IntelliScan, or extensions.
import {
  type DirectoryEntry,
  type DirectoryScope,
  type FileScope,
  findFileScopeFaults,
  findListFaults,
  findTargetPathFaults,
} from '@lazaret/core';
import { Button, Checkbox, Group, Radio, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFaultText } from './fault-text.ts';

interface ScopeProps {
  readonly directories: DirectoryScope;
  readonly files: FileScope;
  readonly onDirectories: (scope: DirectoryScope) => void;
  readonly onFiles: (scope: FileScope) => void;
}

export function ScopeEditor({ directories, files, onDirectories, onFiles }: ScopeProps) {
  const { t } = useTranslation();
  const text = useFaultText();
  const fileFault = findFileScopeFaults(files).at(0);
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('scope.where')}
        value={directories.kind}
        onChange={(kind) =>
          onDirectories(
            kind === 'all' ? { kind: 'all' } : { kind: 'list', entries: [{ path: '/', subdirectories: true }] },
          )
        }
      >
        <Group mt="xs">
          <Radio value="all" label={t('scope.allDirectories')} />
          <Radio value="list" label={t('scope.directoryList')} />
        </Group>
      </Radio.Group>
      {directories.kind === 'all' ? (
        <Text size="sm">{t('scope.allAdvice')}</Text>
      ) : (
        <DirectoryList scope={directories} onChange={(entries) => onDirectories({ kind: 'list', entries })} />
      )}
      <Radio.Group
        label={t('scope.what')}
        value={files.kind}
        onChange={(kind) => onFiles(kind === 'extensions' ? { kind, extensions: [] } : { kind: kind })}
      >
        <Group mt="xs">
          <Radio value="all" label={t('scope.allFiles')} />
          <Radio value="intelliscan" label={t('scope.intelliscan')} />
          <Radio value="extensions" label={t('scope.extensions')} />
        </Group>
      </Radio.Group>
      {files.kind === 'extensions' && (
        <TagsInput
          label={t('scope.extensionList')}
          description={t('scope.extensionAdvice')}
          maw={560}
          value={[...files.extensions]}
          error={fileFault === undefined ? undefined : text(fileFault)}
          onChange={(extensions) => onFiles({ kind: 'extensions', extensions })}
        />
      )}
    </Stack>
  );
}

interface ListProps {
  readonly scope: Extract<DirectoryScope, { kind: 'list' }>;
  readonly onChange: (entries: readonly DirectoryEntry[]) => void;
}

function DirectoryList({ scope, onChange }: ListProps) {
  const { t } = useTranslation();
  const text = useFaultText();
  const { entries } = scope;
  const whole = findListFaults(scope).at(0);
  const replace = (index: number, entry: DirectoryEntry): void =>
    onChange(entries.map((each, at) => (at === index ? entry : each)));
  return (
    <Stack gap="xs">
      {entries.map((entry, index) => {
        const fault = findTargetPathFaults(entry.path, '').at(0);
        return (
          <Group key={index} align="flex-end" gap="sm">
            <TextInput
              w={360}
              label={t('scope.directory', { number: index + 1 })}
              classNames={{ input: 'mono' }}
              value={entry.path}
              error={fault === undefined ? undefined : text(fault)}
              onChange={(event) => replace(index, { ...entry, path: event.currentTarget.value })}
            />
            <Checkbox
              mb={8}
              label={t('scope.subdirectories')}
              checked={entry.subdirectories}
              onChange={(event) => replace(index, { ...entry, subdirectories: event.currentTarget.checked })}
            />
            <Button
              variant="subtle"
              color="bad"
              aria-label={t('scope.removeDirectory', { path: entry.path })}
              onClick={() => onChange(entries.filter((_, at) => at !== index))}
            >
              {t('common.remove')}
            </Button>
          </Group>
        );
      })}
      {whole !== undefined && (
        <Text size="sm" c="var(--tone-bad)">
          {text(whole)}
        </Text>
      )}
      <Group>
        <Button variant="outline" onClick={() => onChange([...entries, { path: '/srv', subdirectories: true }])}>
          {t('scope.addDirectory')}
        </Button>
      </Group>
    </Stack>
  );
}
