// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { noPatternsIn, requireContents, requireFileName, requireFileSize, requireSameFile } from './contents.ts';

test('a name that cannot travel is refused, and says where it lies', () => {
  requireFileName('a.ndb', '/srv/a.ndb');
  assert.throws(() => requireFileName('a b.ndb', '/srv/a b.ndb'), {
    code: 'patterns.file_name',
    where: '/srv/a b.ndb',
    message: '"a b.ndb" is not allowed as the name of a pattern file.',
  });
});

test('2 GiB are a file, one byte more is none', () => {
  requireFileSize(2 * 1024 ** 3, '/srv/a.ndb');
  const refusal = { code: 'patterns.too_large', message: '/srv/a.ndb is larger than 2 GiB.' };
  assert.throws(() => requireFileSize(2 * 1024 ** 3 + 1, '/srv/a.ndb'), { ...refusal, where: '/srv/a.ndb' });
  assert.throws(() => requireFileSize(2 ** 40, '/srv/a.ndb', '/directory'), { ...refusal, where: '/directory' });
});

test('a release has at most 10,000 files, a pattern among them, and names that can travel', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => `f${at}.ndb`);
  requireContents(many);
  requireContents(['kinds.json', 'a.yar']);
  for (const [code, names] of [
    ['patterns.too_large', [...many, 'one-more.ndb']],
    ['patterns.empty', []],
    ['patterns.empty', ['kinds.json', 'README.md', 'ndb']],
    ['patterns.file_name', ['a.ndb', '../b.ndb']],
  ] as const)
    assert.throws(() => requireContents(names), { code }, code);
});

test('two contents of one name: of a table the first counts, of a pattern file none', () => {
  const of = (kind: 'table' | 'clamav' | 'yara') => ({ name: 'x', kind, where: '/srv/x' });
  requireSameFile(of('table'), 'aa', 'bb');
  for (const kind of ['clamav', 'yara'] as const) {
    requireSameFile(of(kind), 'aa', 'aa');
    assert.throws(() => requireSameFile(of(kind), 'aa', 'bb'), {
      code: 'patterns.duplicate',
      where: '/srv/x',
      message: 'Two sources have different files with the name x.',
    });
  }
});

test('a directory without patterns is told with what would be one', () => {
  const { code, where, message } = noPatternsIn('/srv');
  assert.deepEqual([code, where], ['patterns.empty', '/srv']);
  assert.match(message, /^\/srv contains no pattern file: ClamAV files .* or YARA rules \(\.yar \.yara\)\.$/);
});
