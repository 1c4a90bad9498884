// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { RestoredNames } from './restored-names.ts';

const HELD = { fileSystem: 'a', handle: '1:00' };
const MADE = { key: { fileSystem: 'a', handle: '1:01' }, differences: [] };

test('AC-9a: a note goes with the last of the other names, and so does what a dead process left; a living one is not disturbed', (context) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'lazaret-names-'));
  context.after(() => fs.rmSync(directory, { recursive: true }));
  const names = new RestoredNames(directory);
  names.note(HELD, MADE, 'one', ['two', 'three']);
  // No process has so large a number.
  const [dead, living] = ['x.json.99999999.incoming', `x.json.${process.pid}.incoming`];
  for (const name of [dead, living]) fs.writeFileSync(path.join(directory, name), '{');
  names.tidy((entry) => entry === 'three');
  assert.deepEqual(names.find(HELD), { ...MADE, entry: 'one' });
  assert.deepEqual(
    fs.readdirSync(directory).filter((name) => name.endsWith('.incoming')),
    [living],
  );
  names.tidy((entry) => entry === 'one');
  assert.equal(names.find(HELD), null);
  assert.equal(names.find({ fileSystem: 'b', handle: '1:00' }), null);
});
