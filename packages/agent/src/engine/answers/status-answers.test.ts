// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLoaded, readLoadedBefore, readStatus, readTypes } from './status-answers.ts';

const LOADED = { signatures: 3, yaraRules: 2, sandbox: { seccomp: true } };
const release = (state: string, directory: string, loaded: object | null = LOADED) => ({
  state,
  directory,
  loaded,
  workers: [
    { pid: 7, ready: true },
    { pid: 8, ready: false },
  ],
});
const status = (...releases: readonly object[]) => ({ pid: 5, workerDeaths: 1, releases });
const STATUS = { release: '/new', signatures: 3, yaraRules: 2, sandbox: { seccomp: true } };

test('types are known by the number that the scanner gives them; one of another protocol is not spoken to', () => {
  const types = [
    { number: 9, name: 'elf', group: 'program' },
    { number: 4, name: 'zip', group: 'archive' },
  ];
  assert.deepEqual(
    [...readTypes({ protocol: 1, types })],
    [
      ['elf', 9],
      ['zip', 4],
    ],
  );
  for (const body of [{ protocol: 2, types }, { protocol: 1 }, { protocol: 1, types: [{ number: 0.5 }] }, null])
    assert.throws(() => readTypes(body), { name: 'ZodError' });
});

test('what was loaded is told with its numbers', () => {
  assert.deepEqual(readLoaded(LOADED, '/new'), { ...STATUS, workerPids: [], pid: 0, workerDeaths: 0 });
  for (const body of [null, { ...LOADED, signatures: -1 }, { ...LOADED, yaraRules: 0.5 }])
    assert.throws(() => readLoaded(body, '/new'), { name: 'ZodError' });
});

test('nothing is no protection: a release of neither signatures nor rules is refused; of one kind alone it is one', () => {
  const empty = { code: 'patterns.empty', where: '/new', message: 'No pattern was loaded from /new.' };
  const nothing = { ...LOADED, signatures: 0, yaraRules: 0 };
  assert.throws(() => readLoaded(nothing, '/new'), empty);
  assert.throws(() => readLoadedBefore(status(release('active', '/new', nothing)), '/new'), empty);
  assert.equal(readLoaded({ ...LOADED, signatures: 2 }, '/new').yaraRules, 2, 'as many of both');
  assert.equal(readLoaded({ ...LOADED, signatures: 0 }, '/new').yaraRules, 2);
  assert.equal(readLoaded({ ...LOADED, yaraRules: 0 }, '/new').signatures, 3);
});

test('a release is there already only where it is the one that files are scanned with', () => {
  const before = (...releases: readonly object[]) => readLoadedBefore(status(...releases), '/new');
  const active = release('active', '/new');
  assert.deepEqual(before(release('retiring', '/old'), active), {
    ...STATUS,
    workerPids: [],
    pid: 0,
    workerDeaths: 0,
  });
  const others = [release('active', '/old'), release('loading', '/new'), release('retiring', '/new')];
  for (const other of others) assert.equal(before(other), null);
  assert.deepEqual([before(), before(release('active', '/new', null))], [null, null]);
});

test('the status is of the release that files are scanned with, with its workers; without one nothing is loaded', () => {
  const body = status(release('retiring', '/old'), release('loading', '/next', null), release('active', '/new'));
  assert.deepEqual(readStatus(body), { ...STATUS, pid: 5, workerPids: [7, 8], workerDeaths: 1 });
  const none = { code: 'scanner.not_loaded', message: 'No patterns are loaded.' };
  for (const left of [
    [],
    [release('retiring', '/old')],
    [release('loading', '/new')],
    [release('active', '/new', null)],
  ])
    assert.throws(() => readStatus(status(...left)), none);
  for (const strange of [null, { ...body, pid: 'x' }, status(release('asleep', '/new')), status({ state: 'active' })])
    assert.throws(() => readStatus(strange), { name: 'ZodError' });
});
