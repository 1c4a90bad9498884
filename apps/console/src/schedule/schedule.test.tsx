// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import type { Schedule } from '@lazaret/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startLanguages } from '../i18n/index.ts';
import { ScheduleEditor } from './schedule-editor.tsx';

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
