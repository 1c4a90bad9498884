// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { memoryHost } from '@lazaret/host/memory';
import { ContentGuard } from './content-guard.ts';
import { Journal } from './journal.ts';
import { removeObject } from './remove-object.ts';

test('AC-9b: where a file cannot be moved to the root of its mount, the folder is made beside it', async () => {
  const host = memoryHost();
  const { files, tree } = host;
  tree.makeFolder('/elsewhere');
  tree.mount('/elsewhere', 'tmpfs');
  tree.makeFolder('/data');
  tree.write('/data/file', 'infected');
  const [result] = await files.openForScan([{ path: Buffer.from('/data/file') }]);
  if (!result?.opened) return assert.fail('not opened');
  const { file: opened, identity } = result;
  const file = { opened, path: Buffer.from('/data/file'), identity, sha256: null, threats: [] };
  const guard = (await ContentGuard.verify(file, false)) ?? assert.fail('changed');
  const reached: string[] = [];
  const removal = await removeObject(file, guard, null, {
    files,
    journal: new Journal('/journal', host),
    random: randomBytes,
    reach: (point) => reached.push(point),
    openRoot: () => files.openFolder(Buffer.from('/elsewhere')),
  });
  guard.release();
  assert.deepEqual(removal, { outcome: 'removed', linksLeft: 0 });
  assert.equal(reached.filter((point) => point === 'staging.made').length, 2);
  assert.deepEqual([tree.names('/data'), tree.names('/elsewhere'), tree.names('/journal')], [[], [], []]);
  opened.close();
  assert.equal(tree.openings(), 0, 'no folder is left open');
});
