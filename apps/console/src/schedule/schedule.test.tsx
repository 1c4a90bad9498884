// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import { findScheduleFaults, isWithin, type Schedule, temporal, type WeekRange } from '@lazaret/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startLanguages } from '../i18n/index.ts';
import { changeForm, withEveryWeeks } from './forms.ts';
import { planRuns } from './next-runs.tsx';
import { ScheduleEditor } from './schedule-editor.tsx';
import { fillOfHour, minutesOfRanges, rangesOfMinutes, withHour } from './week-minutes.ts';

beforeAll(() => void startLanguages());
afterEach(cleanup);

let last: Schedule | null = null;

function Harness({ start, purpose }: { readonly start: Schedule; readonly purpose: 'scan' | 'update' }) {
  const [value, setValue] = useState(start);
  last = value;
  return (
    <MantineProvider env="test">
      <ScheduleEditor value={value} purpose={purpose} onChange={setValue} />
    </MantineProvider>
  );
}

test('SC-5a: a refused minute is shown as such, with the allowed times to choose', () => {
  render(<Harness purpose="scan" start={{ kind: 'daily', at: '00:30', every: 'day' }} />);
  expect(screen.getByText(/00:01 to 00:59 is not allowed/)).toBeTruthy();
  expect(screen.getByText('Correct the fields above to see them.')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: '01:00' }));
  expect(last).toEqual({ kind: 'daily', at: '01:00', every: 'day' });
  expect(screen.queryByText(/is not allowed/)).toBeNull();
});

test('PF-1a: hourly is offered for updates alone, and updates are free of the refused window', () => {
  render(<Harness purpose="update" start={{ kind: 'daily', at: '00:30', every: 'day' }} />);
  expect(screen.queryByText(/is not allowed/)).toBeNull();
  fireEvent.click(screen.getByRole('radio', { name: 'Hourly' }));
  expect(last).toEqual({ kind: 'hourly', minute: 23 });
  cleanup();
  render(<Harness purpose="scan" start={{ kind: 'daily', at: '02:00', every: 'day' }} />);
  expect(screen.queryByRole('radio', { name: 'Hourly' })).toBeNull();
});

test('every form of the description can be set in the editor', () => {
  render(<Harness purpose="scan" start={{ kind: 'daily', at: '02:00', every: 'day' }} />);
  const choose = (name: string): void => void fireEvent.click(screen.getByRole('radio', { name }));
  choose('Monday to Friday');
  expect(last).toEqual({ kind: 'daily', at: '02:00', every: 'weekday' });
  choose('every X days');
  expect(last).toMatchObject({ every: { days: 3 } });
  choose('Weekly');
  expect(last).toMatchObject({ kind: 'weekly', at: '02:00' });
  choose('every X weeks');
  expect(last).toMatchObject({ everyWeeks: 2 });
  choose('Monthly');
  expect(last).toMatchObject({ on: { day: 1 } });
  choose('a weekday of the Xth week');
  expect(last).toMatchObject({ on: { weekday: 'tuesday', nth: 2 } });
});

test('a change of form keeps time and zone; its result has no fault', () => {
  const from: Schedule = { kind: 'daily', at: '23:15', every: 'day', zone: 'Asia/Tokyo' };
  for (const form of ['daily', 'weekly', 'monthly'] as const) {
    const next = changeForm(from, form, '2026-11-25');
    expect(next).toMatchObject({ kind: form, at: '23:15', zone: 'Asia/Tokyo' });
    expect(findScheduleFaults(next, { purpose: 'scan' })).toEqual([]);
  }
  expect(changeForm(from, 'weekly', '2026-11-25')).toMatchObject({ days: ['wednesday'] });
  const every = withEveryWeeks({ kind: 'weekly', at: '02:00', days: ['monday'] }, 2, '2026-11-25');
  expect(every).toMatchObject({ everyWeeks: 2, from: '2026-11-25' });
  expect(withEveryWeeks(every, 1, '2026-11-25')).toEqual({ kind: 'weekly', at: '02:00', days: ['monday'] });
});

test('SC-7c: the next five runs say where daylight saving moves one (Berlin 02:30 → 03:00)', () => {
  const runs = planRuns(
    { kind: 'daily', at: '02:30', every: 'day' },
    'Europe/Berlin',
    Date.parse('2027-03-26T12:00:00Z'),
  );
  expect(runs).toHaveLength(5);
  expect(runs.map(({ moved }) => moved)).toEqual([false, true, false, false, false]);
  expect(runs[1]?.iso).toBe('2027-03-28T01:00:00Z');
});

test('RT-4b: the grid and the list of a week are the same minutes', () => {
  const ranges: WeekRange[] = [
    { day: 'saturday', from: '22:00', to: '06:00' },
    { day: 'sunday', from: '23:30', to: '01:00' },
    { day: 'monday', from: '08:15', to: '24:00' },
  ];
  const back = rangesOfMinutes(minutesOfRanges(ranges));
  expect(back).toEqual([
    { day: 'monday', from: '00:00', to: '01:00' },
    { day: 'monday', from: '08:15', to: '24:00' },
    { day: 'saturday', from: '22:00', to: '24:00' },
    { day: 'sunday', from: '00:00', to: '06:00' },
    { day: 'sunday', from: '23:30', to: '24:00' },
  ]);
  for (let hour = 0; hour < 168; hour++) {
    const at = temporal.Instant.from('2026-11-23T00:10:00Z').add({ hours: hour });
    expect(isWithin({ kind: 'week', ranges: back }, at, 'UTC')).toBe(isWithin({ kind: 'week', ranges }, at, 'UTC'));
  }
});

test('RT-4b: painting an hour switches exactly it', () => {
  const empty = minutesOfRanges([]);
  const painted = withHour(empty, 2, 9, true);
  expect(rangesOfMinutes(painted)).toEqual([{ day: 'wednesday', from: '09:00', to: '10:00' }]);
  expect(fillOfHour(painted, 2, 9)).toBe('all');
  expect(fillOfHour(minutesOfRanges([{ day: 'friday', from: '09:15', to: '09:30' }]), 4, 9)).toBe('some');
  expect(rangesOfMinutes(withHour(painted, 2, 9, false))).toEqual([]);
});
