// SPDX-License-Identifier: Apache-2.0
// A file that may not leave its folder, made with a real EXDEV: the staging folder is offered on another file system.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { describe, openDirectory } from '@lazaret/host';
import { temporaryDirectory } from '@lazaret/testkit';
import { ContentGuard } from './content-guard.ts';
import { Journal } from './journal.ts';
import { removeObject } from './remove-object.ts';
import { stagingParent } from './staging.ts';

test('AC-9b: where a file cannot be moved to the root of its mount, the folder is made beside it', async (context) => {
  const directory = temporaryDirectory(context);
  const elsewhere = fs.mkdtempSync('/dev/shm/lazaret-test-');
  context.after(() => fs.rmSync(elsewhere, { recursive: true, force: true }));
  if (fs.statSync(elsewhere).dev === fs.statSync(directory).dev)
    return context.skip('/dev/shm is not another file system');
  const path = join(directory, 'file');
  fs.writeFileSync(path, 'infected');
  const fd = fs.openSync(path, 'r');
  context.after(() => fs.closeSync(fd));
  const file = { fd, path: Buffer.from(path), identity: describe(fd).identity, sha256: null, threats: [] };
  const guard = (await ContentGuard.verify(file, false)) ?? assert.fail('changed');
  const reached: string[] = [];
  const removal = await removeObject(file, guard, null, {
    journal: new Journal(join(directory, 'journal')),
    random: randomBytes,
    reach: (point) => reached.push(point),
    openRoot: () => stagingParent(openDirectory(Buffer.from(elsewhere))),
  });
  guard.release();
  assert.deepEqual(removal, { outcome: 'removed', linksLeft: 0 });
  assert.equal(reached.filter((point) => point === 'staging.made').length, 2);
  assert.deepEqual(
    [fs.readdirSync(directory), fs.readdirSync(elsewhere), fs.readdirSync(join(directory, 'journal'))],
    [['journal'], [], []],
  );
});
