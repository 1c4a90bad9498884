// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { findArrows, hasCycle, withoutDetours } from './arrows.ts';
import { DOCUMENT, formatRooms, picture } from './document.ts';
import { ARCHITECTURE, formatArchitecture, formatFiles, withFiles } from './files.ts';

const roomOf = (path: string): string | null => /^packages\/([a-z]+)\//.exec(path)?.[1] ?? null;

test('the picture of the rooms is what the sources import', () => {
  assert.equal(readFileSync(DOCUMENT, 'utf8'), formatRooms(), 'run node tools/codegen/rooms/main.ts');
});

test('each way to import is an arrow: by package, by path, of types, at run time, for its effect, and passed on', () => {
  const text = `import { a } from '@lazaret/core';
import type {
  B,
} from '../../platform/src/b.ts';
export * from '@lazaret/host/ports';
const later = await import('@lazaret/contract');
import '../../patterns/src/effect.ts';
import { readFileSync } from 'node:fs';
import { own } from './own.ts';`;
  const arrows = findArrows([{ path: 'packages/agent/src/a.ts', text }], roomOf);
  assert.deepEqual(arrows.get('agent'), ['contract', 'core', 'host', 'patterns', 'platform']);
});

test('an arrow that follows from others is left out, unless there is a circle', () => {
  const chain = new Map([
    ['a', ['b', 'c']],
    ['b', ['c']],
    ['c', []],
  ]);
  assert.deepEqual(
    [...withoutDetours(chain)],
    [
      ['a', ['b']],
      ['b', ['c']],
      ['c', []],
    ],
  );
  assert.equal(hasCycle(chain), false);
  const circle = new Map([
    ['a', ['b', 'c']],
    ['b', ['c']],
    ['c', ['a']],
  ]);
  assert.equal(hasCycle(circle), true);
  assert.match(picture(circle), /a --> b\n {2}a --> c/);
});

test('the map of files in ARCHITECTURE.md is what git knows of', () => {
  assert.equal(readFileSync(ARCHITECTURE, 'utf8'), formatArchitecture(), 'run node tools/codegen/rooms/main.ts');
});

test('the map has a row a folder and a name a file; a header and its source are one', () => {
  const files = formatFiles([
    'native/gate/src/opens/opens.h',
    'native/gate/src/opens/opens.cpp',
    'packages/a/src/b.ts',
    'packages/a/src/index.ts',
  ]);
  assert.deepEqual(files.split('\n').slice(2), ['| `native/gate/opens` | opens |', '| `packages/a` | b |']);
  assert.throws(() => withFiles('no marks', files), /marks/);
});
