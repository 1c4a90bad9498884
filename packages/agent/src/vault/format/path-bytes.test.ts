// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { showPath, splitPath } from './path-bytes.ts';
import { uuidVersion7 } from './uuid.ts';

test('a path is cut into folder and name, by its bytes', () => {
  const cut = (path: string): string[] => {
    const { parent, name } = splitPath(Buffer.from(path, 'latin1'));
    return [parent.toString('latin1'), name.toString('latin1')];
  };
  assert.deepEqual(cut('/a'), ['/', 'a']);
  assert.deepEqual(cut('/srv/b/\xff'), ['/srv/b', '\xff']);
  assert.deepEqual(cut('/srv/...'), ['/srv', '...']);
  assert.deepEqual(cut('//a'), ['/', 'a']);
  for (const path of ['', 'a', 'a/b', '/', '/a/', '/a/.', '/a/..', '/a\0b', '/a\0/b'])
    assert.throws(() => splitPath(Buffer.from(path, 'latin1')), {
      code: 'path.invalid',
      message: 'the path must be absolute and end in a file name',
      where: path.replace('\0', String.raw`\x00`),
    });
});

test('a path is shown so that its name cannot write into a terminal', () => {
  const shown = (bytes: string): string => showPath(Buffer.from(bytes, 'latin1'));
  assert.equal(showPath(Buffer.from('/süß/検疫/😀')), '/süß/検疫/😀');
  assert.equal(shown('/a\x1b[2J\n\x7f~ '), String.raw`/a\x1b[2J\x0a\x7f~ `);
  assert.equal(showPath(Buffer.from('/\u0080\u009f\u00a0')), `/${String.raw`\x80\x9f`}\u00a0`);
  assert.equal(shown('/\xffa\xc3'), String.raw`/\xffa\xc3`, 'no UTF-8: each byte that is no letter by itself');
});

test('an id is a UUID of version 7: its time first, then what it was given, and no more', () => {
  const asked: number[] = [];
  const random = (fill: number) => (bytes: number) => {
    asked.push(bytes);
    return Buffer.alloc(bytes, fill);
  };
  const timeMs = 0x0123_4567_89ab;
  assert.equal(uuidVersion7(timeMs, random(0xff)), '01234567-89ab-7fff-bfff-ffffffffffff');
  assert.equal(uuidVersion7(timeMs, random(0)), '01234567-89ab-7000-8000-000000000000');
  assert.deepEqual(asked, [10, 10]);
});
