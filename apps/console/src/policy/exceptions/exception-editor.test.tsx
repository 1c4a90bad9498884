// SPDX-License-Identifier: Apache-2.0
import { MantineProvider } from '@mantine/core';
import type { Exception, ScanKind } from '@lazaret/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { setLanguage, startLanguages } from '../../i18n/index.ts';
import { ExceptionEditor } from './exception-editor.tsx';
import { useMatchWords } from './use-match-words.ts';

beforeAll(() => {
  startLanguages();
});
afterEach(cleanup);

let last: readonly Exception[] = [];

function Harness({ kind, start }: { readonly kind: ScanKind; readonly start: readonly Exception[] }) {
  const [value, setValue] = useState(start);
  last = value;
  return (
    <MantineProvider env="test">
      <ExceptionEditor kind={kind} value={value} onChange={setValue} />
    </MantineProvider>
  );
}

const field = (name: string): HTMLElement => screen.getByRole('textbox', { name });
const type = (name: string, text: string): void => {
  fireEvent.change(field(name), { target: { value: text } });
};

test('EX-2e: a program is bound to an account, a service and its content, and freed again; nothing else of it changes', () => {
  setLanguage('en');
  const rest = { author: 'A', reason: 'R', expires: '2027-03-01T00:00:00Z' };
  const process = '/usr/sbin/mariadbd';
  render(<Harness kind="realtime" start={[{ match: { process }, ...rest }]} />);
  type('Only as account', 'mysql');
  type('Only in service', 'mariadb.service');
  type('Only with SHA-256', 'a'.repeat(64));
  const bound = { process, user: 'mysql', unit: 'mariadb.service', programSha256: 'a'.repeat(64) };
  expect(last).toEqual([{ match: bound, ...rest }]);
  type('Value', '/usr/sbin/mysqld');
  expect(last).toEqual([{ match: { ...bound, process: '/usr/sbin/mysqld' }, ...rest }]);
  for (const name of ['Only as account', 'Only in service', 'Only with SHA-256']) type(name, '');
  expect(last).toEqual([{ match: { process: '/usr/sbin/mysqld' }, ...rest }]);
});

test('EX-2e: what is no account and no service is said at its own field', () => {
  for (const [language, account, service] of [
    ['en', 'Only as account', 'Only in service'],
    ['ja', 'アカウントを限定', 'サービスを限定'],
  ] as const) {
    setLanguage(language);
    render(<Harness kind="realtime" start={[{ match: { process: '/usr/bin/sort' } }]} />);
    const faulty = (): readonly (string | null)[] =>
      screen
        .getAllByRole('textbox')
        .filter((one) => one.getAttribute('aria-invalid') === 'true')
        .map((one) => one.getAttribute('placeholder'));
    expect(faulty()).toEqual([]);
    for (const [name, bad, good] of [
      [account, 'two words', '1000'],
      [service, 'session-1.scope', 'cron.service'],
    ] as const) {
      type(name, bad);
      expect(faulty()).toEqual([field(name).getAttribute('placeholder')]);
      type(name, good);
      expect(faulty()).toEqual([]);
    }
    cleanup();
  }
});

test('EX-2e: only a program has an account and a service; another kind of condition loses them', () => {
  setLanguage('en');
  render(<Harness kind="realtime" start={[{ match: { process: '/usr/bin/sort', user: 'db' } }]} />);
  fireEvent.click(screen.getByRole('combobox', { name: 'What' }));
  fireEvent.click(screen.getByRole('option', { name: 'file', hidden: true }));
  expect(last).toEqual([{ match: { file: '/usr/bin/sort' } }]);
  expect(screen.queryByRole('textbox', { name: 'Only as account' })).toBeNull();
});

test('a condition with a field that this console does not know is shown as it is, and never edited', () => {
  const strange = { process: '/usr/bin/sort', weekday: 'monday' } as unknown as Exception['match'];
  render(<Harness kind="realtime" start={[{ match: strange }]} />);
  screen.getByText(JSON.stringify(strange));
});

test('EX-2e: a list says what narrows a program, in words', () => {
  setLanguage('en');
  const shown: unknown[] = [];
  function Words() {
    const words = useMatchWords();
    shown.push(words({ process: '/usr/sbin/mariadbd', unit: 'mariadb.service', user: 'mysql' }), words({ new: 1 }));
    return null;
  }
  render(<Words />);
  expect(shown.slice(0, 2)).toEqual([
    {
      what: 'opened by program',
      value: '/usr/sbin/mariadbd · Only as account: mysql · Only in service: mariadb.service',
    },
    { what: 'new', value: '{"new":1}' },
  ]);
});
