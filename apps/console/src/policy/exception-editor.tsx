// SPDX-License-Identifier: Apache-2.0
// Exceptions of one kind of scan: what, why, until when.
import { type Exception, type ExceptionMatch, findExceptionFaults, type ScanKind } from '@lazaret/core';
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFaultText } from './fault-text.ts';

export const MATCH_KINDS = ['directory', 'file', 'extension', 'sha256', 'pattern', 'process'] as const;
export type MatchKind = (typeof MATCH_KINDS)[number];

export function matchOf(kind: MatchKind, value: string): ExceptionMatch {
  return { [kind]: value } as unknown as ExceptionMatch;
}

/** The condition of an exception; null where it has one that this console does not know. */
export function readMatch(match: ExceptionMatch): { readonly kind: MatchKind; readonly value: string } | null {
  const [first, ...more] = Object.entries(match) as [string, unknown][];
  const kind = MATCH_KINDS.find((known) => known === first?.[0]);
  return kind === undefined || more.length > 0 || typeof first?.[1] !== 'string' ? null : { kind, value: first[1] };
}

/** EX-2e: a scan at rest opens files itself. */
function kindsFor(kind: ScanKind): readonly MatchKind[] {
  return kind === 'realtime' ? MATCH_KINDS : MATCH_KINDS.filter((one) => one !== 'process');
}

interface ExceptionsProps {
  readonly kind: ScanKind;
  readonly value: readonly Exception[];
  readonly onChange: (value: readonly Exception[]) => void;
}

export function ExceptionEditor({ kind, value, onChange }: ExceptionsProps) {
  const { t } = useTranslation();
  const replace = (index: number, exception: Exception): void =>
    onChange(value.map((each, at) => (at === index ? exception : each)));
  return (
    <Stack gap="sm">
      {value.length === 0 && <Text size="sm">{t('exceptions.noneHere')}</Text>}
      {value.map((exception, index) => (
        <ExceptionRow
          key={index}
          kind={kind}
          exception={exception}
          onChange={(next) => replace(index, next)}
          onRemove={() => onChange(value.filter((_, at) => at !== index))}
        />
      ))}
      <Group>
        <Button variant="outline" onClick={() => onChange([...value, { match: { directory: '/srv/data' } }])}>
          {t('exceptions.add')}
        </Button>
      </Group>
    </Stack>
  );
}

interface RowProps {
  readonly kind: ScanKind;
  readonly exception: Exception;
  readonly onChange: (exception: Exception) => void;
  readonly onRemove: () => void;
}

function ExceptionRow({ kind, exception, onChange, onRemove }: RowProps) {
  const { t } = useTranslation();
  const text = useFaultText();
  const fault = findExceptionFaults(exception, undefined, kind).at(0);
  const match = readMatch(exception.match);
  const { reason, expires, ...rest } = exception;
  return (
    <Group align="flex-end" gap="sm">
      {match === null ? (
        <Text size="sm" className="mono">
          {JSON.stringify(exception.match)}
        </Text>
      ) : (
        <>
          <MatchSelect
            kinds={kindsFor(kind)}
            value={match.kind}
            onChange={(next) => onChange({ ...exception, match: matchOf(next, match.value) })}
          />
          <TextInput
            w={280}
            label={t('exceptions.value')}
            classNames={{ input: 'mono' }}
            value={match.value}
            error={fault === undefined ? undefined : text(fault)}
            onChange={(event) => onChange({ ...exception, match: matchOf(match.kind, event.currentTarget.value) })}
          />
        </>
      )}
      <TextInput
        w={220}
        label={t('exceptions.reason')}
        value={reason ?? ''}
        onChange={(event) => {
          const next = event.currentTarget.value;
          onChange({
            ...rest,
            ...(expires === undefined ? {} : { expires }),
            ...(next === '' ? {} : { reason: next }),
          });
        }}
      />
      <TextInput
        type="date"
        w={160}
        label={t('exceptions.expires')}
        value={expires?.slice(0, 10) ?? ''}
        onChange={(event) => {
          const day = event.currentTarget.value;
          onChange({
            ...rest,
            ...(reason === undefined ? {} : { reason }),
            ...(day === '' ? {} : { expires: `${day}T00:00:00Z` }),
          });
        }}
      />
      <Button
        variant="subtle"
        color="bad"
        aria-label={t('exceptions.removeNamed', { name: match?.value ?? '' })}
        onClick={onRemove}
      >
        {t('common.remove')}
      </Button>
    </Group>
  );
}

export function MatchSelect({
  kinds = kindsFor('manual'),
  value,
  onChange,
}: {
  /** Default: what holds for any kind of scan. */
  readonly kinds?: readonly MatchKind[];
  readonly value: MatchKind;
  readonly onChange: (kind: MatchKind) => void;
}) {
  const { t } = useTranslation();
  return (
    <Select
      w={150}
      label={t('exceptions.what')}
      allowDeselect={false}
      data={kinds.map((kind) => ({ value: kind, label: t(`exceptions.kinds.${kind}`) }))}
      value={value}
      onChange={(kind) => onChange(kind ?? value)}
    />
  );
}
