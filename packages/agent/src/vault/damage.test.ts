// SPDX-License-Identifier: Apache-2.0
// A damaged entry is an error with a code, never other bytes: every header byte and random places elsewhere are flipped, the
// file is cut at random lengths, chunks are moved, doubled, dropped and brought from another entry. The seed is printed.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { memoryHost } from '@lazaret/host/memory';
import { noise, seededRandom } from '@lazaret/testkit';
import { openEntry } from './entries/entry-reader.ts';
import { writeEntry } from './entries/entry-writer.ts';
import { noFaults } from './fault-points.ts';
import { CHUNK_BYTES, decodeHeader, HEADER_BYTES, sealedBytes, TAG_BYTES } from './format/format.ts';
import { openKeyRing } from './format/keys.ts';
import { readLayout } from './format/layout.ts';

const { files, tree } = memoryHost();
tree.makeFolder('/test');
const folder = files.openFolder(Buffer.from('/test'));
const keys = openKeyRing('/test/keys', files, 0, randomBytes);

const CODES = new Set(['vault.entry_corrupt', 'vault.unsupported_version', 'vault.key_missing']);

/** xorshift32: small, and the same everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

async function makeEntry(name: string, content: Buffer): Promise<Buffer> {
  tree.write('/test/source', content);
  const file = folder.openFile(Buffer.from('source'));
  const source = { file, size: content.length, data: await readLayout(file, content.length) };
  const metadata = {
    version: 2 as const,
    id: '01936000-0000-7000-8000-000000000000',
    takenAt: '2026-11-24T12:00:00.000Z',
    detectionId: null,
    path: Buffer.from('/some/where').toString('base64'),
    owner: { uid: 0, gid: 0 },
    mode: 0o644,
    times: { accessNs: '0', modificationNs: '0', changeNs: '0' },
    attributes: [
      { name: Buffer.from('user.large').toString('base64'), value: Buffer.alloc(60_000, 7).toString('base64') },
    ],
    links: { count: 1, otherPaths: [] },
    size: content.length,
    allocatedBytes: null,
    reserved: [],
    inodeFlags: null,
    extendedFlags: null,
    file: { device: '1', inode: '2', handle: null, fileSystem: null },
    threats: [],
    patternRelease: null,
    policyHash: null,
  };
  const target = { folder, writer: 'test', fileName: name, key: keys.current, salt: randomBytes(32) };
  await writeEntry(source, metadata, target, async () => true, noFaults);
  file.close();
  return tree.read(`/test/${name}`);
}

/** Whole content, or the code of the error. */
async function readBack(bytes: Buffer): Promise<Buffer | string> {
  tree.write('/test/damaged', bytes);
  try {
    const entry = await openEntry(folder, 'damaged', keys);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of entry.content()) chunks.push(chunk);
      return Buffer.concat(chunks);
    } finally {
      entry.close();
    }
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `without a code: ${String(error)}`;
  }
}

async function mustFail(bytes: Buffer, what: string): Promise<void> {
  const result = await readBack(bytes);
  assert.ok(typeof result === 'string', `${what}: bytes came back`);
  assert.ok(CODES.has(result), `${what}: ${result}`);
}

const SEED = Number(process.env['LAZARET_SEED'] ?? 20_261_124);
const ROUNDS = process.env['LAZARET_FULL'] === '1' ? 5_000 : 300;

test('AC-8c: no flipped bit and no cut gives other bytes', async (context) => {
  context.diagnostic(`seed ${SEED}, ${ROUNDS} rounds`);
  const random = randomFrom(SEED);
  const whole = await makeEntry('whole', noise(150_000, seededRandom(SEED)));
  assert.ok(typeof (await readBack(whole)) !== 'string');
  for (let offset = 0; offset < HEADER_BYTES; offset++) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(offset) ^ (1 << random(8)), offset);
    await mustFail(damaged, `header byte ${offset}`);
  }
  for (let round = 0; round < ROUNDS; round++) {
    const damaged = Buffer.from(whole);
    const offset = random(damaged.length);
    damaged.writeUInt8(damaged.readUInt8(offset) ^ (1 << random(8)), offset);
    await mustFail(damaged, `bit in byte ${offset}`);
    await mustFail(whole.subarray(0, random(whole.length)), 'cut');
  }
  await mustFail(Buffer.concat([whole, Buffer.alloc(1)]), 'one byte more');
  await mustFail(Buffer.alloc(0), 'nothing');
  await mustFail(noise(5_000, seededRandom(SEED)), 'noise');
});

test('AC-8c: chunks moved, doubled, dropped or brought from another entry do not open', async () => {
  const content = Buffer.alloc(4 * CHUNK_BYTES, 'same');
  const one = await makeEntry('one', content);
  const other = await makeEntry('other', content);
  const sealed = CHUNK_BYTES + TAG_BYTES;
  const { metadataBytes, layout } = decodeHeader(one);
  const from = HEADER_BYTES + sealedBytes(metadataBytes) + sealedBytes(layout?.bytes ?? assert.fail('no table'));
  assert.equal(one.length, from + 4 * sealed);
  const chunk = (entry: Buffer, number: number): Buffer =>
    entry.subarray(from + number * sealed, from + (number + 1) * sealed);
  const head = one.subarray(0, from);
  const arrange = (...chunks: Buffer[]): Buffer => Buffer.concat([head, ...chunks]);
  const [a, b, c, d] = [chunk(one, 0), chunk(one, 1), chunk(one, 2), chunk(one, 3)];
  assert.deepEqual(await readBack(arrange(a, b, c, d)), content);
  await mustFail(arrange(b, a, c, d), 'two swapped');
  await mustFail(arrange(a, a, c, d), 'one doubled');
  await mustFail(arrange(a, b, c), 'the last dropped');
  await mustFail(arrange(a, b, d), 'an inner dropped');
  await mustFail(arrange(a, b, c, d, d), 'one more');
  await mustFail(arrange(a, chunk(other, 1), c, d), 'one of another entry');
  await mustFail(
    Buffer.concat([other.subarray(0, HEADER_BYTES), one.subarray(HEADER_BYTES)]),
    'the header of another entry',
  );
});
