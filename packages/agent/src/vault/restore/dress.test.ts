// SPDX-License-Identifier: Apache-2.0
// What a file has beside its bytes, as the kernel and its tools see it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOST } from '@lazaret/host';
import { describe, writeAttribute } from '@lazaret/safefs';
import { temporaryDirectory } from '@lazaret/testkit';
import { readFileFacts } from './inode-facts.ts';
import { type TakenFile, Vault } from '../vault.ts';

test('AC-8b: owner, mode, exact times, attributes and ACL come back; the names and links are written down', async (context) => {
  const directory = temporaryDirectory(context);
  const vault = new Vault({
    host: HOST,
    directory: join(directory, 'vault'),
    keyDirectory: join(directory, 'keys'),
    limits: { bytesMax: 2 ** 30, retentionDays: 30, warnAtPercent: 80 },
    nowMs: () => Date.parse('2026-11-24T12:00:00Z'),
    random: randomBytes,
  });
  const file = join(directory, 'dressed');
  fs.writeFileSync(file, 'content');
  fs.chownSync(file, 1234, 4321);
  fs.chmodSync(file, 0o4751);
  execFileSync('setfacl', ['-m', 'u:1777:rw', file]);
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOATIME);
  writeAttribute(fd, Buffer.from('user.note'), Buffer.from([0, 255, 10]));
  execFileSync('touch', ['-d', '2001-02-03 04:05:06.123456789', file]);
  fs.linkSync(file, `${file}-second`);
  const before = describe(fd).identity;
  const acl = execFileSync('getfacl', ['-cp', file], { encoding: 'utf8' });
  const attributes = execFileSync('getfattr', ['-d', '-m', '-', '-e', 'hex', '--absolute-names', file], {
    encoding: 'utf8',
  });
  const opened = HOST.files.adopt(fd);
  const taken: TakenFile = {
    detectionId: null,
    path: Buffer.from(file).toString('base64'),
    ...readFileFacts(opened),
    links: { count: opened.describe().identity.nlink, otherPaths: [] },
    threats: [],
    patternRelease: null,
    policyHash: null,
    attributes: opened.readAttributes().map(({ name, value }) => ({
      name: name.toString('base64'),
      value: value.toString('base64'),
    })),
  };
  const { id } = await vault.add({ file: opened, size: before.size }, taken, async () => true);
  opened.close();
  fs.rmSync(file);
  const item = await vault.show(id);
  assert.ok(item.state === 'original-not-deleted' && item.metadata.links.count === 2);
  vault.settle(id);
  const outcome = await vault.restore(id);
  assert.deepEqual(
    [outcome.differences, outcome.linked],
    [[], true],
    'a name of the file whose second name still stands',
  );
  const restored = fs.openSync(file, 'r');
  const now = describe(restored).identity;
  fs.closeSync(restored);
  assert.deepEqual(
    [now.uid, now.gid, now.mode, now.mtimeNs, now.atimeNs],
    [before.uid, before.gid, before.mode, before.mtimeNs, before.atimeNs],
  );
  assert.equal(execFileSync('getfacl', ['-cp', file], { encoding: 'utf8' }), acl);
  assert.equal(
    execFileSync('getfattr', ['-d', '-m', '-', '-e', 'hex', '--absolute-names', file], { encoding: 'utf8' }),
    attributes,
  );
  assert.deepEqual(await vault.list(), []);
  vault.close();
});
