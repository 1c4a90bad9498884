// SPDX-License-Identifier: Apache-2.0
// Exceptions of one kind of scan: what, why, until when.
import { type Exception, type ExceptionMatch, type Fault, findExceptionFaults, type ScanKind } from '@lazaret/core';
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type KnownMatch, MATCH_KINDS, type MatchKind, matchOf, NARROWINGS, readMatch } from './exception-match.ts';
import { useFaultText } from '../fault-text.ts';

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
  const faults = findExceptionFaults(exception, undefined, kind);
  const match = readMatch(exception.match);
  const { reason, expires, ...rest } = exception;
  const changeMatch = (next: ExceptionMatch): void => onChange({ ...exception, match: next });
  return (
    <div>
      <Group align="flex-end" gap="sm">
        {match === null ? (
          <Text size="sm" className="mono">
            {JSON.stringify(exception.match)}
          </Text>
        ) : (
          <MatchFields kind={kind} match={match} faults={faults} onChange={changeMatch} />
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
      {match !== null && <NarrowingFields match={match} faults={faults} onChange={changeMatch} />}
    </div>
  );
}

interface MatchProps {
  readonly kind: ScanKind;
  readonly match: KnownMatch;
  readonly faults: readonly Fault[];
  readonly onChange: (match: ExceptionMatch) => void;
}

function MatchFields({ kind, match: { kind: what, value, narrowing }, faults, onChange }: MatchProps) {
  const { t } = useTranslation();
  const text = useFaultText();
  const fault = faults.find(({ path }) => !NARROWINGS.some((field) => path === `/match/${field}`));
  return (
    <>
      <MatchSelect kinds={kindsFor(kind)} value={what} onChange={(next) => onChange(matchOf(next, value, narrowing))} />
      <TextInput
        w={280}
        label={t('exceptions.value')}
        classNames={{ input: 'mono' }}
        value={value}
        error={fault === undefined ? undefined : text(fault)}
        onChange={(event) => onChange(matchOf(what, event.currentTarget.value, narrowing))}
      />
    </>
  );
}

/** A row of its own: what is optional stands apart from what every exception has. */
function NarrowingFields({ match: { kind, value, narrowing }, faults, onChange }: Omit<MatchProps, 'kind'>) {
  const { t } = useTranslation();
  const text = useFaultText();
  if (kind !== 'process') return null;
  return (
    <Group align="flex-end" gap="sm" mt="xs" ml="lg">
      {NARROWINGS.map((field) => {
        const fault = faults.find(({ path }) => path === `/match/${field}`);
        return (
          <TextInput
            key={field}
            w={220}
            label={t(`exceptions.narrowed.${field}`)}
            placeholder={t(`exceptions.narrowedNot.${field}`)}
            classNames={{ input: 'mono' }}
            value={narrowing[field] ?? ''}
            error={fault === undefined ? undefined : text(fault)}
            onChange={(event) => onChange(matchOf(kind, value, { ...narrowing, [field]: event.currentTarget.value }))}
          />
        );
      })}
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
      w={190}
      label={t('exceptions.what')}
      allowDeselect={false}
      data={kinds.map((kind) => ({ value: kind, label: t(`exceptions.kinds.${kind}`) }))}
      value={value}
      onChange={(kind) => onChange(kind ?? value)}
    />
  );
}
