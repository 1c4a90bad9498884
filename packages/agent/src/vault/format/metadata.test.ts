// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { decodeMetadata, encodeMetadata, pathOf, type EntryMetadata } from './metadata.ts';

const METADATA: EntryMetadata = {
  version: 2,
  id: '019ac000-0000-7000-8000-000000000001',
  takenAt: '2026-11-30T10:00:00.000Z',
  detectionId: null,
  path: Buffer.from('/srv/\xff', 'latin1').toString('base64'),
  owner: { uid: 0, gid: 0 },
  mode: 0o100644,
  times: { accessNs: '-1', modificationNs: '9223372036854775807999999999', changeNs: '0' },
  attributes: [{ name: 'dXNlci5h', value: '' }],
  links: { count: 2, otherPaths: [Buffer.from('/b').toString('base64')] },
  size: 68,
  sha256: 'ab'.repeat(32),
  storedSha256: null,
  allocatedBytes: 4_096,
  reserved: [{ start: 0, end: 10 }],
  inodeFlags: 0,
  extendedFlags: { flags: 1, extentSize: 2, project: 3, copyExtentSize: 4 },
  file: { device: '18446744073709551615', inode: '2', handle: '1:ab', fileSystem: null },
  threats: [{ name: 'Eicar', kind: 'test', layers: [] }],
  patternRelease: null,
  policyHash: null,
};

test('AC-8b: what is written is read again, and a name of any bytes is that name', () => {
  assert.deepEqual(decodeMetadata(encodeMetadata(METADATA)), METADATA);
  assert.deepEqual(pathOf(METADATA), Buffer.from('/srv/\xff', 'latin1'));
});

test('an entry of before has no more than it had: what is missing is not known', () => {
  const {
    storedSha256: _,
    allocatedBytes: __,
    reserved: ___,
    inodeFlags: ____,
    extendedFlags: _____,
    ...old
  } = METADATA;
  assert.deepEqual(decodeMetadata(Buffer.from(JSON.stringify({ ...old, version: 1 }))), {
    ...METADATA,
    version: 1,
    storedSha256: null,
    allocatedBytes: null,
    reserved: [],
    inodeFlags: null,
    extendedFlags: null,
  });
});

test('what could not be read again is not written: the original goes once it is', () => {
  for (const fields of [
    { size: -1 },
    { mode: 0.5 },
    { version: 3 },
    { id: 'x'.repeat(36) },
    { sha256: 'AB'.repeat(32) },
    { sha256: `${'ab'.repeat(32)}a` },
    { path: 'not base64!' },
    { times: { ...METADATA.times, accessNs: '1'.repeat(29) } },
    { times: { ...METADATA.times, accessNs: '--1' } },
    { times: { ...METADATA.times, accessNs: '1x' } },
    { detectionId: 'x'.repeat(129) },
  ])
    assert.throws(() => encodeMetadata({ ...METADATA, ...fields } as EntryMetadata), {
      code: 'vault.too_large',
      message: 'a number of this file is larger than a vault entry can hold',
    });
});

test('metadata that is none is damage', () => {
  const refused = (text: string, why: string): void =>
    assert.throws(() => decodeMetadata(Buffer.from(text)), {
      code: 'vault.entry_corrupt',
      message: `the vault entry is damaged: ${why}`,
    });
  refused('{', 'its metadata cannot be read');
  refused('{}', 'its metadata does not have the expected format');
  refused(JSON.stringify({ ...METADATA, id: `${METADATA.id}0` }), 'its metadata does not have the expected format');
});
