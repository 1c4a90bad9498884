// SPDX-License-Identifier: Apache-2.0
// Real-time's week (RT-4): always, or ranges. The grid is painted by drag, or by arrows and Space; the list beside it has every minute.
import { WEEKDAYS, type WeekRange, type WeekSchedule } from '@lazaret/core';
import { Button, Group, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dayAfter, fillOfHour, isOverMidnight, minutesOfRanges, rangesOfMinutes, withHour } from './week-minutes.ts';
import { ZoneSelect } from './zone-select.tsx';

const WORKING_WEEK: readonly WeekRange[] = WEEKDAYS.slice(0, 5).map((day) => ({ day, from: '08:00', to: '20:00' }));

interface WeekEditorProps {
  readonly value: WeekSchedule;
  readonly onChange: (value: WeekSchedule) => void;
}

export function WeekEditor({ value, onChange }: WeekEditorProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('week.when')}
        value={value.kind}
        onChange={(kind) => onChange(kind === 'always' ? { kind: 'always' } : { kind: 'week', ranges: WORKING_WEEK })}
      >
        <Group mt="xs">
          <Radio value="always" label={t('week.always')} />
          <Radio value="week" label={t('week.weekly')} />
        </Group>
      </Radio.Group>
      {value.kind === 'week' && (
        <>
          <WeekGrid ranges={value.ranges} onChange={(ranges) => onChange({ ...value, ranges })} />
          <Text size="xs" c="dimmed" maw={820}>
            {t('week.gridAdvice')} {t('week.outside')}
          </Text>
          <RangeList ranges={value.ranges} onChange={(ranges) => onChange({ ...value, ranges })} />
          <ZoneSelect
            value={value.zone}
            onChange={(zone) => {
              const { zone: _, ...rest } = value;
              onChange(zone === undefined ? rest : { ...rest, zone });
            }}
          />
        </>
      )}
    </Stack>
  );
}

interface RangesProps {
  readonly ranges: readonly WeekRange[];
  readonly onChange: (ranges: readonly WeekRange[]) => void;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

function WeekGrid({ ranges, onChange }: RangesProps) {
  const { t } = useTranslation();
  const minutes = useMemo(() => minutesOfRanges(ranges), [ranges]);
  const [focused, setFocused] = useState({ day: 0, hour: 8 });
  const grid = useRef<HTMLTableElement>(null);
  /** What the drag paints; null while none is on. */
  const painting = useRef<boolean | null>(null);
  const paint = (day: number, hour: number, on: boolean): void =>
    onChange(rangesOfMinutes(withHour(minutes, day, hour, on)));
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = { day: (focused.day + step.days + 7) % 7, hour: (focused.hour + step.hours + 24) % 24 };
    setFocused(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next.day}-${next.hour}"]`)?.focus();
    // Shift paints on the way, as a drag does.
    if (event.shiftKey) paint(next.day, next.hour, true);
  };
  return (
    <div className="table-scroll" role="group" aria-label={t('week.grid')}>
      <table
        className="week-grid"
        ref={grid}
        onKeyDown={onKeyDown}
        onPointerUp={() => (painting.current = null)}
        onPointerLeave={() => (painting.current = null)}
      >
        <caption className="visually-hidden">{t('week.gridAdvice')}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{t('week.day')}</span>
            </th>
            {HOURS.map((hour) => (
              <th key={hour} scope="col">
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {WEEKDAYS.map((day, index) => (
            <tr key={day}>
              <th scope="row">{t(`weekdaysShort.${day}`)}</th>
              {HOURS.map((hour) => (
                <td key={hour}>
                  <HourCell
                    label={t('week.cell', { day: t(`weekdays.${day}`), from: hour, to: hour + 1 })}
                    at={{ day: index, hour }}
                    fill={fillOfHour(minutes, index, hour)}
                    isFocused={focused.day === index && focused.hour === hour}
                    painting={painting}
                    onFocus={setFocused}
                    onPaint={(on) => paint(index, hour, on)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Hour {
  readonly day: number;
  readonly hour: number;
}

interface HourCellProps {
  readonly label: string;
  readonly at: Hour;
  readonly fill: ReturnType<typeof fillOfHour>;
  readonly isFocused: boolean;
  readonly painting: { current: boolean | null };
  readonly onFocus: (at: Hour) => void;
  readonly onPaint: (on: boolean) => void;
}

function HourCell({ label, at, fill, isFocused, painting, onFocus, onPaint }: HourCellProps) {
  return (
    <button
      type="button"
      className="week-cell"
      data-cell={`${at.day}-${at.hour}`}
      aria-pressed={fill === 'some' ? 'mixed' : fill === 'all'}
      aria-label={label}
      tabIndex={isFocused ? 0 : -1}
      onFocus={() => onFocus(at)}
      onPointerDown={(event) => {
        event.currentTarget.releasePointerCapture(event.pointerId);
        painting.current = fill !== 'all';
        onPaint(fill !== 'all');
      }}
      onPointerEnter={() => {
        if (painting.current !== null) onPaint(painting.current);
      }}
      // A click by keys has no pointer before it.
      onClick={(event) => {
        if (event.detail === 0) onPaint(fill !== 'all');
      }}
    />
  );
}

const STEPS: Readonly<Record<string, { readonly days: number; readonly hours: number } | undefined>> = {
  ArrowLeft: { days: 0, hours: -1 },
  ArrowRight: { days: 0, hours: 1 },
  ArrowUp: { days: -1, hours: 0 },
  ArrowDown: { days: 1, hours: 0 },
};

function RangeList({ ranges, onChange }: RangesProps) {
  const { t } = useTranslation();
  const days = WEEKDAYS.map((day) => ({ value: day, label: t(`weekdays.${day}`) }));
  const replace = (index: number, range: WeekRange): void =>
    onChange(ranges.map((each, at) => (at === index ? range : each)));
  return (
    <Stack gap="xs" role="group" aria-label={t('week.list')}>
      {ranges.map((range, index) => (
        <Group key={index} gap="sm" align="flex-end">
          <Select
            w={160}
            label={t('week.day')}
            data={days}
            value={range.day}
            allowDeselect={false}
            onChange={(day) => replace(index, { ...range, day: day ?? range.day })}
          />
          <TextInput
            w={110}
            label={t('week.from')}
            value={range.from}
            placeholder="08:00"
            onChange={(event) => replace(index, { ...range, from: event.currentTarget.value })}
          />
          <TextInput
            w={150}
            label={
              isOverMidnight(range) ? t('week.toNext', { day: t(`weekdays.${dayAfter(range.day)}`) }) : t('week.to')
            }
            value={range.to}
            placeholder="24:00"
            onChange={(event) => replace(index, { ...range, to: event.currentTarget.value })}
          />
          <Button
            variant="subtle"
            color="bad"
            aria-label={t('week.removeRange', { day: t(`weekdays.${range.day}`), from: range.from, to: range.to })}
            onClick={() => onChange(ranges.filter((_, at) => at !== index))}
          >
            {t('common.remove')}
          </Button>
        </Group>
      ))}
      <Group>
        <Button
          variant="outline"
          onClick={() => onChange([...ranges, { day: 'saturday', from: '22:00', to: '06:00' }])}
        >
          {t('week.add')}
        </Button>
      </Group>
    </Stack>
  );
}
