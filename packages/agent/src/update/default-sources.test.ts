// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { isDefault, isDefaultWithClamav, type ReleaseManifest } from '@lazaret/patterns';
import { temporaryDirectory } from '@lazaret/testkit';
import { forgetImport, hasClamav, hasNews, lookOf, readRefusal, recordImport, stampOf } from './default-sources.ts';

function place(t: Parameters<typeof temporaryDirectory>[0]) {
  const base = temporaryDirectory(t);
  const sources = {
    starter: join(base, 'starter'),
    clamavDatabase: join(base, 'clamav'),
    stampFile: join(base, 'stamp'),
  };
  mkdirSync(sources.starter);
  writeFileSync(join(sources.starter, 'b.yar'), 'rule');
  writeFileSync(join(sources.starter, 'a.yar'), 'a rule');
  for (const name of ['a.yar', 'b.yar']) utimesSync(join(sources.starter, name), 1, 1);
  return sources;
}
const from = (source: string): ReleaseManifest => ({
  format: 1,
  id: `starter-${'0'.repeat(12)}`,
  source,
  createdAt: '2026-11-30T10:00:00.000Z',
  files: [],
  loaded: null,
});

test('a release is of the default sources by what it was made of, and not by its name', (t) => {
  const sources = place(t);
  const { starter, clamavDatabase } = sources;
  const both = `${starter} ${clamavDatabase}`;
  const rows = [starter, both, clamavDatabase, `${starter} /other`, ''].map((source) => {
    const manifest = from(source);
    return [isDefault(sources, manifest), isDefaultWithClamav(sources, manifest)];
  });
  assert.deepEqual(rows, [
    [true, false],
    [true, true],
    [false, false],
    [false, false],
    [false, false],
  ]);
});

test('there is a ClamAV database where a file of it lies', (t) => {
  const sources = place(t);
  assert.equal(hasClamav(sources), false, 'no directory');
  mkdirSync(sources.clamavDatabase);
  for (const name of ['freshclam.dat', 'own.yar']) writeFileSync(join(sources.clamavDatabase, name), '');
  assert.equal(hasClamav(sources), false, 'nothing of ClamAV');
  writeFileSync(join(sources.clamavDatabase, 'main.cvd'), '');
  assert.equal(hasClamav(sources), true);
});

test('PF-1e: sources are told apart by names, sizes and times, whatever the order of their directory', (t) => {
  const sources = place(t);
  const { starter, clamavDatabase } = sources;
  assert.equal(stampOf(sources), `${starter}/a.yar 6 1000\n${starter}/b.yar 4 1000\n`);
  mkdirSync(clamavDatabase);
  writeFileSync(join(clamavDatabase, 'main.cvd'), 'x');
  utimesSync(join(clamavDatabase, 'main.cvd'), 2, 2);
  assert.equal(
    stampOf(sources),
    `${clamavDatabase}/main.cvd 1 2000\n${starter}/a.yar 6 1000\n${starter}/b.yar 4 1000\n`,
  );
});

test('PF-1e: news is what looks otherwise than at the last import; a release that a person loaded follows nothing', (t) => {
  const sources = place(t);
  const [own, given] = [from(sources.starter), from('/srv/given')];
  const news = (): boolean => hasNews(sources, own);
  assert.equal(news(), true, 'never imported');
  recordImport(sources, stampOf(sources), null);
  assert.equal(news(), false);
  writeFileSync(join(sources.starter, 'c.yar'), 'rule');
  assert.deepEqual([news(), hasNews(sources, given)], [true, false]);
  rmSync(join(sources.starter, 'c.yar'));
  assert.equal(news(), false);
  utimesSync(join(sources.starter, 'a.yar'), 3, 3);
  assert.equal(news(), true, 'another time');
});

test('PF-4c: why the database was refused is kept until it is taken, or forgotten; root alone reads it', (t) => {
  const sources = place(t);
  assert.equal(readRefusal(sources), null);
  const modes = (...ends: string[]) => ends.map((end) => statSync(`${sources.stampFile}${end}`).mode & 0o777);
  const refuse = () => recordImport(sources, stampOf(sources), new LazaretError('patterns.load_failed', 'line 3'));
  refuse();
  const refusal = readRefusal(sources);
  assert.ok(refusal instanceof LazaretError);
  assert.deepEqual([refusal.code, refusal.message], ['patterns.load_failed', 'line 3']);
  assert.deepEqual(modes('', '-refused'), [0o600, 0o600]);
  recordImport(sources, stampOf(sources), null);
  assert.deepEqual([readRefusal(sources), hasNews(sources, from(sources.starter))], [null, false]);
  refuse();
  forgetImport(sources);
  assert.deepEqual([readRefusal(sources), hasNews(sources, from(sources.starter))], [null, true]);
  forgetImport(sources);
});

test('a link that leads nowhere, or that goes round, looks as if it were gone; a fault of ours is one', (t) => {
  const sources = place(t);
  mkdirSync(sources.clamavDatabase);
  for (const name of ['nowhere', 'loop'])
    symlinkSync(name === 'loop' ? 'loop' : 'x', join(sources.clamavDatabase, name));
  const [loop, nowhere] = stampOf(sources).split('\n');
  assert.deepEqual(
    [loop, nowhere],
    ['loop', 'nowhere'].map((name) => `${sources.clamavDatabase}/${name} gone`),
  );
  assert.equal(lookOf(join(sources.starter, 'a.yar/x')), 'gone');
  assert.throws(() => lookOf('a\0b'), { code: 'ERR_INVALID_ARG_VALUE' });
});

test('a file in the place of the database is none', (t) => {
  const sources = place(t);
  const before = stampOf(sources);
  writeFileSync(sources.clamavDatabase, '');
  assert.deepEqual([hasClamav(sources), stampOf(sources)], [false, before]);
});

test('a database that cannot be read is there, and looks as what hinders it; a fault of ours is one', (t) => {
  const sources = place(t);
  const { starter, clamavDatabase } = sources;
  mkdirSync(clamavDatabase);
  chmodSync(join(starter, '..'), 0o755);
  chmodSync(clamavDatabase, 0o700);
  process.seteuid?.(65_534);
  try {
    assert.equal(hasClamav(sources), true);
    const own = [`${starter}/a.yar 6 1000`, `${starter}/b.yar 4 1000`];
    assert.equal(stampOf(sources), [`${clamavDatabase} EACCES`, ...own, ''].join('\n'));
    assert.equal(lookOf(join(clamavDatabase, 'x')), 'EACCES');
  } finally {
    process.seteuid?.(0);
  }
  assert.throws(() => hasClamav({ ...sources, clamavDatabase: 'a\0b' }), { code: 'ERR_INVALID_ARG_VALUE' });
});
