// SPDX-License-Identifier: Apache-2.0
// An entry that the version before wrote (format 1, commit db459b7), byte by byte: an upgrade must not lose what is held.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryHost } from '@lazaret/host/memory';
import { openKeyRing } from './keys.ts';
import { Vault } from '../vault.ts';

const ID = '01936000-0000-7000-8000-000000000000';
const ENTRY = Buffer.from(
  'TEFaVkFVTFQAAQABAAEAAH2X2t4Z9imka8duDTewyxoJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQAAAm8AAAAAAAAAAAAAAADmxQaQ2BOOvoMjJ0vDdbfsGzFh/OAzI8EQa0d13yXD51KmY/cIovbXKqENRa5+TbpuJkKVzetFZMfsxnxGyWMBzIp0jnDWRY5SgxwRBDf5MsGs81kK5lERZt0atAaYnTKvynRmUWZPXrDU7OTHgXOnyVthNCX8qJdJYjaZTfvTHd53NQl6nzIbz9iZpG4pHrLDTrCTEEiN1izpaLu7j5YFGP/M4JzPpvUQBZB3VAZ2f2iUvL/rShsxj/3bdyrD1iVjayuhMeITdSE7SqowWDqA9jprIvuz+3Y6vlc08nvZil3slzxJnq87uWdBxIpm4frN389471OST5pGs2p7wdsUmTTyV6gNrglwk1kov/zO8i8w0Qlge3Y6OlzTYs5BYfl+4sqIKUdFKeE2iUjg6hSJNlWMAer6u2K4AJqKUEJcxBNcnLqm1KUcVQ2ezW5BPv6+kxYvaZSTNp9YhWl6wzI/GEVxiZAhuFvcnvx8z/wRIpR7uqp7ZCcekX6tavRkdQDL3aj8lu9YEW+VTDkzca3mPkbexlixyFOilQhrSa/8Wt53dj6joS7uBaszednpzhg3knrQ62llsPyxr7s4BbRgYxNe/fukZ6JR10Uc/Ahai+6gjQqqnfnc/AsPYnXnA7DZcnNtefZeveu7WU7/s2htBLHB3xFCH8KI3Yy23jhz9r/QK26mGRJ0cwooEMl4Hb3/fnkgYa35XfZk5bmLd1p45QKWuMsICi02+fb1fM13Qr+SbIvoBzvsWkK5OWcSKYBKQ/nZN1JWS9M2lPJdzPKH1M9VLRgn8qscR1NXFRkk5nLoVko/Olu+Ly2gkMBJC8CyYDrr4gnSd686NsmTg1op4kfxcGx2zeUMPR+e80dnU4lUBaC3+eXop5j+DeM/WyMT14MqSk2gPN9t0v3+6JFaUwtg4/xzdjdqjEM7Q2+MkQB2vDjFJgMWrWHbr/FuW3+1/Y8EKSJ3jBCFbIwFySjSrWqHYEbbRf5e4VSFsRmZ0+7ldgo3n5J9PodBzyrAzauWxOFSPZ4HZroRCBp2nxlZ6STGyuOjpGxHpQNYcIwhY58T9q8QkhU1XKOjEdKuU1LdCfJOdEidjxpcA1C0UENpf7EyIYBr2PIYh+wo2pQhtP4KncRakV5yYm5E',
  'base64',
);

test('AC-8c: an entry of format 1 is listed, shown and restored, and it is told that less was written down', async () => {
  const host = memoryHost();
  const { files, tree } = host;
  openKeyRing('/test/keys', files, 0, (bytes) => Buffer.alloc(bytes, 7));
  files.ownFolder('/test/vault/entries');
  tree.write(`/test/vault/entries/${ID}.lzv`, ENTRY);
  const vault = new Vault({
    host,
    directory: '/test/vault',
    keyDirectory: '/test/keys',
    limits: { bytesMax: 2 ** 30, retentionDays: 30, warnAtPercent: 80 },
    nowMs: () => 1,
    random: (bytes) => Buffer.alloc(bytes, 7),
  });
  const [item] = await vault.list();
  assert.ok(item?.state === 'complete');
  assert.deepEqual([item.metadata.version, item.metadata.size, item.metadata.links.count], [1, 204, 2]);
  const chunks: Buffer[] = [];
  for await (const chunk of vault.content(ID)) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), 'held in format 1 '.repeat(12));
  const place = '/test/back';
  const { differences } = await vault.restore(ID, { path: Buffer.from(place) });
  assert.deepEqual(
    differences.map(({ what }) => what),
    ['older-entry', 'hard-links'],
  );
  assert.equal(tree.read(place).toString(), 'held in format 1 '.repeat(12));
  const { identity } = tree.describe(place);
  assert.deepEqual([identity.uid, identity.gid, identity.mode & 0o7777], [1234, 4321, 0o640]);
  assert.equal(identity.mtimeNs, -1_000_000_001n);
  assert.deepEqual(await vault.list(), []);
  vault.close();
});
