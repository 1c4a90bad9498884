// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryHost } from '@lazaret/host/memory';
import { RestoredNames } from './restored-names.ts';

const HELD = { fileSystem: 'a', handle: '1:00' };
const MADE = { key: { fileSystem: 'a', handle: '1:01' }, differences: [] };

test('AC-9a: a note goes with the last of the other names, and so does what a dead process left; a living one is not disturbed', () => {
  const { files, processes } = memoryHost();
  const folder = files.ownFolder('/test') ?? assert.fail('refused');
  const names = new RestoredNames(folder, processes);
  names.note(HELD, MADE, 'one', ['two', 'three']);
  // The only process of a machine in memory is the first.
  const [dead, living] = ['x.json.99999999.incoming', 'x.json.1.incoming'];
  for (const name of [dead, living]) folder.write(name, '{');
  names.tidy((entry) => entry === 'three');
  assert.deepEqual(names.find(HELD), { ...MADE, entry: 'one' });
  assert.deepEqual(
    folder.names().filter((name) => name.endsWith('.incoming')),
    [living],
  );
  names.tidy((entry) => entry === 'one');
  assert.equal(names.find(HELD), null);
  assert.equal(names.find({ fileSystem: 'b', handle: '1:00' }), null);
});
