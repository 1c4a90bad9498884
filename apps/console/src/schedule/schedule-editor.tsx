// SPDX-License-Identifier: Apache-2.0
// A schedule of scans or updates in every form of the description (SC-2…SC-5, PF-1), its faults where they are, and the next five runs.
import {
  findScheduleFaults,
  type Fault,
  type MonthlySchedule,
  type Schedule,
  type SchedulePurpose,
  WEEKDAYS,
  type Weekday,
} from '@lazaret/core';
import { Button, Checkbox, Group, NumberInput, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFaultText } from '../policy/fault-text.ts';
import { changeForm, type Form, withEveryWeeks, withZone } from './forms.ts';
import { NextRuns } from './next-runs.tsx';
import { ZoneSelect } from './zone-select.tsx';

export interface ScheduleEditorProps {
  readonly value: Schedule;
  readonly purpose: SchedulePurpose;
  /** SC-5: the provider may lift the refused window. */
  readonly startWindow?: 'refused' | 'lifted';
  readonly onChange: (value: Schedule) => void;
}

interface PartProps<S> {
  readonly value: S;
  readonly faults: readonly Fault[];
  readonly onChange: (value: Schedule) => void;
}

/** The viewer's date: a start that is shown is easier to correct than an empty one. */
function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

export function ScheduleEditor({ value, purpose, startWindow = 'refused', onChange }: ScheduleEditorProps) {
  const { t } = useTranslation();
  const faults = findScheduleFaults(value, { purpose, startWindow });
  const forms: readonly Form[] =
    purpose === 'update' ? ['hourly', 'daily', 'weekly', 'monthly'] : ['daily', 'weekly', 'monthly'];
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('schedule.form')}
        value={value.kind}
        onChange={(kind) => onChange(changeForm(value, kind, today()))}
      >
        <Group mt="xs">
          {forms.map((form) => (
            <Radio key={form} value={form} label={t(`schedule.forms.${form}`)} />
          ))}
        </Group>
      </Radio.Group>
      <FormPart value={value} faults={faults} onChange={onChange} />
      {value.kind !== 'hourly' && (
        <Group align="flex-start" gap="lg">
          <TimePart value={value} faults={faults} onChange={onChange} />
          <ZoneSelect value={value.zone} onChange={(zone) => onChange(withZone(value, zone))} />
        </Group>
      )}
      <NextRuns schedule={value} faults={faults} />
    </Stack>
  );
}

function FormPart({ value, faults, onChange }: PartProps<Schedule>) {
  const { t } = useTranslation();
  const textAt = useFaultAt(faults);
  switch (value.kind) {
    case 'hourly':
      return (
        <NumberInput
          label={t('schedule.minute')}
          description={t('schedule.minuteAdvice')}
          maw={200}
          min={0}
          max={59}
          clampBehavior="none"
          value={value.minute}
          error={textAt('/minute')}
          onChange={(minute) => onChange({ kind: 'hourly', minute: Number(minute) })}
        />
      );
    case 'daily':
      return <DailyPart value={value} faults={faults} onChange={onChange} />;
    case 'weekly':
      return <WeeklyPart value={value} faults={faults} onChange={onChange} />;
    case 'monthly':
      return <MonthlyPart value={value} faults={faults} onChange={onChange} />;
  }
}

/** SC-5: refused minutes are shown as such, with the nearest times that are not. */
function TimePart({ value, faults, onChange }: PartProps<Exclude<Schedule, { kind: 'hourly' }>>) {
  const { t } = useTranslation();
  const textAt = useFaultAt(faults);
  const refused = faults.some(({ code }) => code === 'schedule.start_window');
  const set = (at: string): void => onChange({ ...value, at });
  return (
    <Stack gap="xs">
      <TextInput
        label={t('schedule.at')}
        placeholder="hh:mm"
        w="min(320px, 100%)"
        value={value.at}
        error={textAt('/at')}
        onChange={(event) => set(event.currentTarget.value)}
      />
      {refused && (
        <Group gap="xs">
          <Button size="compact-sm" variant="outline" onClick={() => set('00:00')}>
            00:00
          </Button>
          <Button size="compact-sm" variant="outline" onClick={() => set('01:00')}>
            01:00
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function DailyPart({ value, faults, onChange }: PartProps<Extract<Schedule, { kind: 'daily' }>>) {
  const { t } = useTranslation();
  const textAt = useFaultAt(faults);
  const { every } = value;
  const form = typeof every === 'string' ? every : 'days';
  const choose = (next: string): void =>
    onChange({ ...value, every: next === 'day' || next === 'weekday' ? next : { days: 3, from: today() } });
  return (
    <Stack gap="xs">
      <Radio.Group label={t('schedule.daily')} value={form} onChange={choose}>
        <Group mt="xs">
          <Radio value="day" label={t('schedule.everyDay')} />
          <Radio value="weekday" label={t('schedule.weekdays')} />
          <Radio value="days" label={t('schedule.everyDays')} />
        </Group>
      </Radio.Group>
      {typeof every !== 'string' && (
        <Group align="flex-start">
          <NumberInput
            w={140}
            label={t('schedule.days')}
            min={1}
            max={365}
            clampBehavior="none"
            value={every.days}
            error={textAt('/every/days')}
            onChange={(days) => onChange({ ...value, every: { ...every, days: Number(days) } })}
          />
          <FromDate
            value={every.from}
            error={textAt('/every/from')}
            onChange={(from) => onChange({ ...value, every: { days: every.days, ...from } })}
          />
        </Group>
      )}
    </Stack>
  );
}

function WeeklyPart({ value, faults, onChange }: PartProps<Extract<Schedule, { kind: 'weekly' }>>) {
  const { t } = useTranslation();
  const textAt = useFaultAt(faults);
  const everyWeeks = value.everyWeeks ?? 1;
  return (
    <Stack gap="xs">
      <Checkbox.Group
        label={t('schedule.onDays')}
        value={[...value.days]}
        error={textAt('/days')}
        onChange={(days) => onChange({ ...value, days: inOrder(days) })}
      >
        <Group mt="xs">
          {WEEKDAYS.map((day) => (
            <Checkbox key={day} value={day} label={t(`weekdays.${day}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <Radio.Group
        label={t('schedule.weekly')}
        value={everyWeeks === 1 ? 'each' : 'some'}
        onChange={(next) => onChange(withEveryWeeks(value, next === 'each' ? 1 : 2, today()))}
      >
        <Group mt="xs">
          <Radio value="each" label={t('schedule.eachWeek')} />
          <Radio value="some" label={t('schedule.everyWeeks')} />
        </Group>
      </Radio.Group>
      {value.everyWeeks !== undefined && (
        <Group align="flex-start">
          <NumberInput
            w={140}
            label={t('schedule.weeks')}
            min={1}
            max={52}
            clampBehavior="none"
            value={everyWeeks}
            error={textAt('/everyWeeks')}
            onChange={(weeks) => onChange({ ...value, everyWeeks: Number(weeks) })}
          />
          <FromDate
            value={value.from}
            error={textAt('/from')}
            onChange={(from) => {
              const { from: _, ...rest } = value;
              onChange({ ...rest, ...from });
            }}
          />
        </Group>
      )}
    </Stack>
  );
}

function inOrder(days: readonly string[]): readonly Weekday[] {
  return WEEKDAYS.filter((day) => days.includes(day));
}

function MonthlyPart({ value, faults, onChange }: PartProps<MonthlySchedule>) {
  const { t } = useTranslation();
  const textAt = useFaultAt(faults);
  const { on } = value;
  return (
    <Stack gap="xs">
      <Radio.Group
        label={t('schedule.monthly')}
        value={'day' in on ? 'day' : 'weekday'}
        onChange={(next) => onChange({ ...value, on: next === 'day' ? { day: 1 } : { weekday: 'tuesday', nth: 2 } })}
      >
        <Group mt="xs">
          <Radio value="day" label={t('schedule.dayOfMonth')} />
          <Radio value="weekday" label={t('schedule.nthWeekday')} />
        </Group>
      </Radio.Group>
      {'day' in on ? (
        <NumberInput
          w={220}
          label={t('schedule.day')}
          description={t('schedule.dayAdvice')}
          min={1}
          max={31}
          clampBehavior="none"
          value={on.day}
          error={textAt('/on/day')}
          onChange={(day) => onChange({ ...value, on: { day: Number(day) } })}
        />
      ) : (
        <Group align="flex-start">
          <Select
            w={140}
            label={t('schedule.nth')}
            allowDeselect={false}
            data={(['1', '2', '3', '4', 'last'] as const).map((nth) => ({
              value: nth,
              label: t(`schedule.nths.${nth}`),
            }))}
            value={String(on.nth)}
            error={textAt('/on/nth')}
            onChange={(nth) =>
              onChange({ ...value, on: { ...on, nth: nth === 'last' ? 'last' : (Number(nth) as 1 | 2 | 3 | 4) } })
            }
          />
          <Select
            w={180}
            label={t('schedule.weekday')}
            allowDeselect={false}
            data={WEEKDAYS.map((day) => ({ value: day, label: t(`weekdays.${day}`) }))}
            value={on.weekday}
            onChange={(weekday) => onChange({ ...value, on: { ...on, weekday: weekday ?? on.weekday } })}
          />
        </Group>
      )}
      {'day' in on && on.day > 28 && <Text size="sm">{t('schedule.lastDay', { day: on.day })}</Text>}
    </Stack>
  );
}

interface FromProps {
  readonly value: string | undefined;
  readonly error: string | undefined;
  readonly onChange: (from: { readonly from?: string }) => void;
}

function FromDate({ value, error, onChange }: FromProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      type="date"
      w={180}
      label={t('schedule.from')}
      value={value ?? ''}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value === '' ? {} : { from: event.currentTarget.value })}
    />
  );
}

/** The message of the first fault at a place of the schedule or below it. */
function useFaultAt(faults: readonly Fault[]): (pointer: string) => string | undefined {
  const text = useFaultText();
  return (pointer) => {
    const fault = faults.find(({ path }) => path === pointer || path.startsWith(`${pointer}/`));
    return fault === undefined ? undefined : text(fault);
  };
}
