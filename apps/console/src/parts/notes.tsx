// SPDX-License-Identifier: Apache-2.0
// What a page says when there is nothing, when something failed, or while it waits: no dead end (console.md 1.7).
import { Button, Code, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useErrorText } from '../i18n/error-text.ts';
import type { Tone } from '../state/words.ts';
import { hostileToText } from './text/hostile.ts';
import { ToneIcon } from './icons.tsx';

export function Note({
  tone,
  title,
  children,
}: {
  readonly tone: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <div className="note" data-tone={tone}>
      {title !== undefined && (
        <Group gap={6} wrap="nowrap" className="note-title">
          <ToneIcon tone={tone} />
          <span>{title}</span>
        </Group>
      )}
      {children}
    </div>
  );
}

/** Where: what. What to do; the code small. */
export function ErrorNote({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const { t } = useTranslation();
  const text = useErrorText();
  const api = error instanceof ApiError ? error : null;
  const advice = api?.status === 403 ? t('error.forbidden') : api?.status === 0 ? t('error.unreachable') : null;
  const title = api === null ? t('error.unexpected') : text(api);
  return (
    <div role="alert">
      <Note tone="bad" title={title}>
        <Stack gap="xs">
          {advice !== null && <Text size="sm">{advice}</Text>}
          {api !== null && api.faults.length > 0 && (
            <ul>
              {api.faults.map((fault) => (
                <li key={`${fault.path}-${fault.code}`}>
                  <Code>{fault.path === '' ? '/' : fault.path}</Code> {text(fault)}
                </li>
              ))}
            </ul>
          )}
          <Group gap="sm">
            <Code>{api?.code ?? error.message}</Code>
            {api !== null && title !== api.message && <Text size="xs">{hostileToText(api.message)}</Text>}
            {onRetry !== undefined && (
              <Button size="compact-sm" variant="outline" onClick={onRetry}>
                {t('common.retry')}
              </Button>
            )}
          </Group>
        </Stack>
      </Note>
    </div>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <Stack gap="sm" py="xl" align="flex-start">
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text size="sm" maw={640} component="div">
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}

export function Loading({ rows = 6 }: { readonly rows?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={28} />
      ))}
    </Stack>
  );
}

interface QueryLike<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly isLoading: boolean;
  readonly refetch: () => unknown;
}

/** Loading, failed, or the data: every page is all three. Old data stays while a new fetch fails. */
export function Answer<T>({
  query,
  children,
}: {
  readonly query: QueryLike<T>;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
}
