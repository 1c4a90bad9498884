// SPDX-License-Identifier: Apache-2.0
import { EVENT_TYPES, RESTORE_DIFFERENCES, type VmEvent } from '@lazaret/contract';
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { en } from '../../i18n/en/index.ts';
import { setLanguage, startLanguages } from '../../i18n/index.ts';
import { ja } from '../../i18n/ja/index.ts';
import { useEventText } from './vm-event-text.ts';

beforeAll(() => {
  startLanguages();
  setLanguage('en');
});
afterEach(cleanup);

const ID = '01939d00-0000-7000-8000-000000000001';
const TIME = '2026-11-25T02:00:00.000Z';

function eventOf(type: string, fields: object): VmEvent {
  const envelope = {
    schema: 'lazaret.event/1',
    id: ID,
    epoch: ID,
    sequence: 1,
    time: TIME,
    bootId: ID,
    monotonicMs: 1,
    policyHash: null,
    patternRelease: null,
    decidedBy: null,
  };
  return { id: ID, time: TIME, type, body: { ...envelope, type, ...fields } };
}

function Text({ event }: { readonly event: VmEvent }) {
  const text = useEventText();
  return (
    <>
      <b>{text.type(event)}</b>
      <i>{text.body(event)}</i>
    </>
  );
}

function read(event: VmEvent): { readonly type: string; readonly body: string } {
  const { container } = render(<Text event={event} />);
  const read = {
    type: container.querySelector('b')?.textContent ?? '',
    body: container.querySelector('i')?.textContent ?? '',
  };
  cleanup();
  return read;
}

const LET_THROUGH = {
  letThrough: ID,
  cause: 'overload',
  answered: 'allow',
  path: '/srv/a\u{202e}.zip',
  file: null,
  access: 'open',
  opener: {
    pid: 411,
    startedAt: null,
    executable: '/usr/bin/cp',
    commandLine: [],
    user: 'www-data',
    uid: 33,
    gid: 33,
    container: null,
    parents: [],
  },
  waitedMs: 1,
  scanned: null,
};

test('every type of event has a word', () => {
  expect(Object.keys(en.event.types).toSorted()).toEqual(EVENT_TYPES.map((type) => type.replace('.', '-')).toSorted());
});

test('a let-through open in words: who opened it, why it was let through, and what its scan found', () => {
  const told = read(eventOf('realtime.let-through', LET_THROUGH));
  expect(told.type).toBe('let through unscanned');
  expect(told.body).toBe(
    '/srv/a\\u{202e}.zip: opened before its scan, because too many files waited. By /usr/bin/cp (www-data, 411).',
  );
  const scanned = { verdict: 'infected', afterMs: 4_100 };
  expect(read(eventOf('realtime.let-through', { ...LET_THROUGH, scanned })).body).toBe(
    '/srv/a\\u{202e}.zip: scanned 4 s after it was let through: infected.',
  );
  const refused = { ...LET_THROUGH, cause: 'deadline', answered: 'deny', opener: null, path: null };
  expect(read(eventOf('realtime.let-through', refused)).body).toBe(
    'a file whose name is not known: refused before its scan, because the scan took longer than the deadline. By an unknown process.',
  );
});

test('a gap is a time without protection; what was only not seen is not called one', () => {
  const body = (cause: string): string => read(eventOf('realtime.gap', { cause, from: TIME, to: TIME })).body;
  expect(body('supervisor-died')).toContain('Not protected');
  expect(body('overflow')).toContain('Opens waited');
  expect(body('gate-died')).toContain('Opens waited');
});

test("a state says why in the viewer's language, also from an agent that tells only a sentence", () => {
  const state = { state: 'degraded', reason: 'the gate does not come up', why: 'gate-down', notCovered: [] };
  expect(read(eventOf('realtime.state', state)).body).toMatch(/^degraded · The gate does not start. Opens/);
  setLanguage('ja');
  expect(read(eventOf('realtime.state', state)).body).toMatch(/^機能制限 · ゲートが起動しません/);
  setLanguage('en');
  const { why: _, ...old } = state;
  expect(read(eventOf('realtime.state', old)).body).toBe('degraded · the gate does not come up');
});

test('AC-8b: a restored file tells what of it is not as before, in the language of the viewer', () => {
  const restored = { entry: ID, path: '/srv/a\u{202e}' };
  expect(read(eventOf('quarantine.restored', restored)).body).toBe('/srv/a\\u{202e}');
  const differences = [
    { what: 'owner', detail: '1000:1000 → 0:0' },
    { what: 'attribute', detail: 'user.\u{202e}' },
    { what: 'hard-links', detail: '' },
  ];
  expect(read(eventOf('quarantine.restored', { ...restored, differences })).body).toBe(
    '/srv/a\\u{202e} · Not as before: owner 1000:1000 → 0:0; attribute not set: user.\\u{202e}; a file of its own, no longer a name among several',
  );
  setLanguage('ja');
  expect(read(eventOf('quarantine.restored', { ...restored, differences })).body).toContain('以前と異なる点: 所有者');
  setLanguage('en');
});

test('every difference of a restore has words in both languages', () => {
  for (const language of [en, ja])
    expect(Object.keys(language.event.differences).toSorted()).toEqual(RESTORE_DIFFERENCES.toSorted());
});

test('an event that this page does not know is shown as it came', () => {
  const told = read(eventOf('later.kind', { what: 'new\u{202e}' }));
  expect(told).toEqual({ type: 'later.kind', body: '{"decidedBy":null,"what":"new\\u{202e}"}' });
});
