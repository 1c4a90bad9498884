// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import type { ScanKind, UnscannedRule } from '@lazaret/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { setLanguage, startLanguages } from '../i18n/index.ts';
import { UnscannedEditor } from './unscanned-editor.tsx';

beforeAll(() => {
  startLanguages();
  setLanguage('en');
});
afterEach(cleanup);

let last: readonly UnscannedRule[] = [];

function Harness({ kind, start }: { readonly kind: ScanKind; readonly start: readonly UnscannedRule[] }) {
  const [value, setValue] = useState(start);
  last = value;
  return (
    <MantineProvider env="test">
      <UnscannedEditor kind={kind} value={value} onChange={setValue} />
    </MantineProvider>
  );
}

const directory = (): HTMLElement => screen.getByRole('textbox', { name: 'Directory and everything below it' });

test('a rule is added, gets a place, loses it again, and goes; a place that is none is said', () => {
  render(<Harness kind="manual" start={[]} />);
  fireEvent.click(screen.getByRole('button', { name: 'Add a rule' }));
  expect(last).toEqual([{ reasons: ['encrypted'], action: 'notify' }]);
  fireEvent.change(directory(), { target: { value: 'srv' } });
  screen.getByText(/absolute/i);
  fireEvent.change(directory(), { target: { value: '/srv' } });
  expect(last).toEqual([{ reasons: ['encrypted'], directory: '/srv', action: 'notify' }]);
  expect(screen.queryByText(/absolute/i)).toBeNull();
  fireEvent.change(directory(), { target: { value: '' } });
  expect(last).toEqual([{ reasons: ['encrypted'], action: 'notify' }]);
  fireEvent.click(screen.getByRole('button', { name: 'Remove rule 1' }));
  expect(last).toEqual([]);
});

test('Deny access is offered for real-time alone; a rule without reasons is for every one', () => {
  const start: readonly UnscannedRule[] = [{ action: 'quarantine' }];
  render(<Harness kind="realtime" start={start} />);
  expect(screen.getAllByPlaceholderText('every reason').length).toBeGreaterThan(0);
  fireEvent.click(screen.getByRole('combobox', { name: 'Then' }));
  fireEvent.click(screen.getByRole('option', { name: 'deny access', hidden: true }));
  expect(last).toEqual([{ action: 'deny' }]);
  cleanup();
  render(<Harness kind="scheduled" start={start} />);
  fireEvent.click(screen.getByRole('combobox', { name: 'Then' }));
  expect(screen.queryByRole('option', { name: 'deny access', hidden: true })).toBeNull();
});
