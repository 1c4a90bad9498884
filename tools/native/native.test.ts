// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { formatCommand, lintCommand, sourcesIn, type Command } from './commands.ts';

const ROOT = join(import.meta.dirname, '../..');
const statusOf = ([program, ...argv]: Command): number | null => spawnSync(program, argv).status;

test('a planted fault of form, and one that cppcheck knows, is found', (t) => {
  const place = temporaryDirectory(t);
  copyFileSync(join(ROOT, '.clang-format'), join(place, '.clang-format'));
  mkdirSync(join(place, 'native/room/src'), { recursive: true });
  const file = join(place, 'native/room/src/planted.cpp');
  const found = (source: string): readonly (number | null)[] => {
    writeFileSync(file, source);
    const sources = sourcesIn(join(place, 'native'));
    assert.deepEqual(sources, [file]);
    return [statusOf(formatCommand(sources, false)), statusOf(lintCommand(place, sources))];
  };
  assert.deepEqual(found('int first(const int* from) { return from[0]; }\n'), [0, 0]);
  assert.deepEqual(found('int  first(const int* from) { return from[0]; }\n'), [1, 0]);
  assert.deepEqual(found(`// ${'a word '.repeat(20)}\nint zero() { return 0; }\n`), [1, 0]);
  assert.deepEqual(found('int zero() {\n  int list[2] = {0, 0};\n  return list[2];\n}\n'), [0, 1]);
});

test('sources of every native room are looked at', () => {
  const rooms = new Set(sourcesIn(join(ROOT, 'native')).map((path) => path.slice(ROOT.length).split('/')[2]));
  for (const room of ['door', 'fdlink', 'fuzz', 'gate', 'safefs', 'scanner', 'shared', 'supervisor'])
    assert.ok(rooms.has(room), room);
});
