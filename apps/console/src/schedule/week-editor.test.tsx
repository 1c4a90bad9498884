// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import type { WeekSchedule } from '@lazaret/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { setLanguage, startLanguages } from '../i18n/index.ts';
import { WeekEditor } from './week-editor.tsx';

beforeAll(() => {
  startLanguages();
  setLanguage('en');
});
afterEach(cleanup);

let last: WeekSchedule | null = null;

function Harness({ start }: { readonly start: WeekSchedule }) {
  const [value, setValue] = useState(start);
  last = value;
  return (
    <MantineProvider env="test">
      <WeekEditor value={value} onChange={setValue} />
    </MantineProvider>
  );
}

const cell = (name: string): HTMLElement => screen.getByRole('button', { name });

test('24 hours, 365 days, or a week of ranges', () => {
  render(<Harness start={{ kind: 'always' }} />);
  expect(screen.queryByRole('group', { name: 'Week as a grid of hours' })).toBeNull();
  fireEvent.click(screen.getByRole('radio', { name: 'Custom weekly schedule' }));
  expect(last).toMatchObject({ kind: 'week', ranges: [{ day: 'monday', from: '08:00', to: '20:00' }, {}, {}, {}, {}] });
  screen.getByText(/Outside these times, real-time scan is off by schedule\. This is not an alarm/);
  fireEvent.click(screen.getByRole('radio', { name: /24 hours a day/ }));
  expect(last).toEqual({ kind: 'always' });
});

test('the grid by keys alone: one stop, arrows move and go round, Space switches, Shift and arrows paint', () => {
  render(<Harness start={{ kind: 'week', ranges: [] }} />);
  const stops = screen.getAllByRole('button').filter((button) => button.dataset['cell'] !== undefined);
  expect(stops).toHaveLength(7 * 24);
  expect(stops.filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
  const start = cell('Monday 8–9 h');
  start.focus();
  fireEvent.click(start, { detail: 0 });
  expect(start.getAttribute('aria-pressed')).toBe('true');
  fireEvent.keyDown(start, { key: 'ArrowRight', shiftKey: true });
  expect(document.activeElement).toBe(cell('Monday 9–10 h'));
  expect(last).toEqual({ kind: 'week', ranges: [{ day: 'monday', from: '08:00', to: '10:00' }] });
  fireEvent.keyDown(cell('Monday 9–10 h'), { key: 'ArrowUp' });
  expect(document.activeElement).toBe(cell('Sunday 9–10 h'));
  fireEvent.click(cell('Monday 8–9 h'), { detail: 0 });
  expect(last).toEqual({ kind: 'week', ranges: [{ day: 'monday', from: '09:00', to: '10:00' }] });
});

test('the list has every minute, and says on which day a range ends', () => {
  render(<Harness start={{ kind: 'week', ranges: [{ day: 'saturday', from: '22:00', to: '23:00' }] }} />);
  fireEvent.change(screen.getByLabelText('To'), { target: { value: '06:07' } });
  expect(last).toEqual({ kind: 'week', ranges: [{ day: 'saturday', from: '22:00', to: '06:07' }] });
  screen.getByLabelText('To (on Sunday)');
  expect(cell('Sunday 5–6 h').getAttribute('aria-pressed')).toBe('true');
  expect(cell('Sunday 6–7 h').getAttribute('aria-pressed')).toBe('mixed');
  fireEvent.click(screen.getByRole('button', { name: 'Remove Saturday 22:00–06:07' }));
  expect(last).toEqual({ kind: 'week', ranges: [] });
});

test('the zone is of each VM, or one that is named', () => {
  render(<Harness start={{ kind: 'week', ranges: [], zone: 'Asia/Tokyo' }} />);
  expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Time zone' }).value).toBe('Asia/Tokyo');
});
