// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { findArrows, hasCycle, withoutDetours } from './arrows.ts';
import { DOCUMENT, formatRooms, picture } from './document.ts';

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
