// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';

test('what a killed test left is removed once no VM can use it, and so is an image that nothing used for two weeks', async (t) => {
  const directory = temporaryDirectory(t);
  // Read when it is loaded.
  process.env['LAZARET_LAB_CACHE'] = directory;
  const { findAsleep, findImage, keepFresh } = await import('./image.ts');
  const image = findImage();
  const asleep = findAsleep(image, ['-m', '1'], 1);
  const now = new Date('2026-03-01T12:00:00Z');
  const hours: readonly (readonly [string, number, 'stays' | 'goes'])[] = [
    [basename(image.directory), 400, 'stays'],
    [join(basename(image.directory), basename(asleep.directory)), 400, 'stays'],
    [join(basename(image.directory), 'asleep-old'), 340, 'goes'],
    ['debian-12-old', 340, 'goes'],
    ['debian-12-new', 330, 'stays'],
    ['vm-old', 25, 'goes'],
    ['vm-new', 23, 'stays'],
    ['making-old', 25, 'goes'],
    ['making-new', 1, 'stays'],
    ['lock', 900, 'stays'],
  ];
  for (const [name] of hours) mkdirSync(join(directory, name, 'inner'), { recursive: true });
  for (const [name, ago] of hours) {
    const then = new Date(now.getTime() - ago * 3_600_000);
    utimesSync(join(directory, name), then, then);
  }
  keepFresh(image, asleep, now);
  for (const [name, , what] of hours) assert.equal(existsSync(join(directory, name)), what === 'stays', name);
});
