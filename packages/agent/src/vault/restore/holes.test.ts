// SPDX-License-Identifier: Apache-2.0
// Files with holes: what they cost in the vault and in time, and what comes back.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { HOST } from '@lazaret/host';
import type { OpenFile, Range } from '@lazaret/host/ports';
import { noise, seededRandom, testSeed } from '@lazaret/testkit';
import { ContentHash } from '../entries/content-hash.ts';
import { readFileFacts } from './inode-facts.ts';
import { decodeLayout, encodeLayout, readLayout } from '../format/layout.ts';
import { type TakenFile, Vault } from '../vault.ts';

const GIBIBYTE = 1024 ** 3;
const TEBIBYTE = 1024 * GIBIBYTE;

function placeOf(context: TestContext): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'lazaret-holes-'));
  context.after(() => fs.rmSync(directory, { recursive: true }));
  return directory;
}

function openVault(directory: string, bytesMax: number): Vault {
  return new Vault({
    host: HOST,
    directory: path.join(directory, 'vault'),
    keyDirectory: path.join(directory, 'keys'),
    limits: { bytesMax, retentionDays: 30, warnAtPercent: 80 },
    nowMs: () => Date.parse('2026-11-24T12:00:00Z'),
    random: randomBytes,
  });
}

/** A file of this size that is a hole but for `data`. */
function sparseFile(directory: string, size: number, data: readonly [number, Buffer][]): string {
  const file = path.join(directory, 'sparse');
  const fd = fs.openSync(file, 'w');
  fs.ftruncateSync(fd, size);
  for (const [position, bytes] of data) fs.writeSync(fd, bytes, 0, bytes.length, position);
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  return file;
}

async function add(vault: Vault, file: string, sizeSaid?: number): Promise<string> {
  const opened = open(file);
  try {
    const { identity } = opened.describe();
    const size = sizeSaid ?? identity.size;
    const taken: TakenFile = {
      detectionId: null,
      path: Buffer.from(file).toString('base64'),
      ...readFileFacts(opened),
      attributes: [],
      links: { count: identity.nlink, otherPaths: [] },
      size,
      threats: [],
      patternRelease: null,
      policyHash: null,
    };
    return (await vault.add({ file: opened, size }, taken, async () => true)).id;
  } finally {
    opened.close();
  }
}

function open(file: string): OpenFile {
  return HOST.files.adopt(fs.openSync(file, 'r'));
}

async function backInPlace(vault: Vault, file: string, id: string): Promise<readonly Range[]> {
  fs.rmSync(file);
  vault.settle(id);
  const { differences } = await vault.restore(id);
  assert.deepEqual(differences, []);
  const opened = open(file);
  try {
    return opened.dataRanges(0, opened.describe().identity.size, 100);
  } finally {
    opened.close();
  }
}

test('AC-8b, AC-8e: a file of 60 MiB with one block of data costs that block, and comes back with its holes', async (context) => {
  const directory = placeOf(context);
  const vault = openVault(directory, 1024 * 1024);
  context.after(() => vault.close());
  const file = sparseFile(directory, 60 * 1024 * 1024, [[31_457_280, Buffer.from('marker')]]);
  const before = fs.statSync(file);
  const id = await add(vault, file);
  assert.ok(vault.usage().bytes < 16_384, `${vault.usage().bytes} bytes in the vault`);
  const ranges = await backInPlace(vault, file, id);
  assert.deepEqual(ranges, [{ start: 31_457_280, end: 31_461_376 }]);
  const now = fs.statSync(file);
  assert.deepEqual([now.size, now.blocks], [before.size, before.blocks]);
  assert.equal(fs.readFileSync(file).subarray(31_457_280, 31_457_286).toString(), 'marker');
});

test('AC-8b, AC-8e: a file of 8 TiB with two blocks is taken and restored in seconds, without a hash of its zeros', async (context) => {
  const directory = placeOf(context);
  const vault = openVault(directory, 1024 * 1024);
  context.after(() => vault.close());
  const far = 8 * TEBIBYTE - 8192;
  const file = sparseFile(directory, 8 * TEBIBYTE, [
    [0, Buffer.from('first')],
    [far, Buffer.from('last')],
  ]);
  const startedMs = performance.now();
  const id = await add(vault, file);
  const item = await vault.show(id);
  assert.ok(item.state !== 'damaged' && item.metadata.sha256 === null && item.metadata.storedSha256 !== null);
  const ranges = await backInPlace(vault, file, id);
  const tookMs = performance.now() - startedMs;
  context.diagnostic(`${Math.round(tookMs)} ms`);
  assert.ok(tookMs < 60_000, `${tookMs} ms; all its zeros would take more than an hour`);
  assert.deepEqual(
    ranges.map(({ start }) => start),
    [0, far],
  );
});

test('AC-8b: up to 4 GiB of holes the hash is of all bytes, as sha256sum has it', async () => {
  const ranges = [
    { start: 5, end: 8 },
    { start: 3_000_000, end: 3_000_002 },
  ];
  const hash = new ContentHash('all', 3_500_000, ranges);
  await hash.add(5, Buffer.from('abc'));
  await hash.add(3_000_000, Buffer.from('de'));
  const whole = Buffer.alloc(3_500_000);
  whole.write('abc', 5);
  whole.write('de', 3_000_000);
  const { createHash } = await import('node:crypto');
  assert.deepEqual(await hash.finish(), {
    sha256: createHash('sha256').update(whole).digest('hex'),
    storedSha256: null,
  });
});

test('AC-8e: a file whose data do not fit is refused as vault.full before a byte is copied, and its ranges are not all looked for', async (context) => {
  const directory = placeOf(context);
  const vault = openVault(directory, 64 * 1024);
  context.after(() => vault.close());
  context.diagnostic(`seed: ${testSeed}`);
  const random = seededRandom(testSeed);
  const blocks = Array.from({ length: 40 }, (_, index): [number, Buffer] => [index * 1_000_000, noise(4096, random)]);
  await assert.rejects(add(vault, sparseFile(directory, 50_000_000, blocks)), { code: 'vault.full' });
  assert.deepEqual(fs.readdirSync(path.join(directory, 'vault/entries')), []);
});

test('a size that no entry could be read again with is refused before anything is written', async (context) => {
  const directory = placeOf(context);
  const vault = openVault(directory, 1024 * 1024);
  context.after(() => vault.close());
  const file = sparseFile(directory, 4096, []);
  await assert.rejects(add(vault, file, 2 ** 53), { code: 'vault.too_large' });
  assert.deepEqual(fs.readdirSync(path.join(directory, 'vault/entries')), []);
});

test('AC-8b: where a file has more ranges than are written down, its smallest holes are filled, and its bytes stay', async (context) => {
  const directory = placeOf(context);
  const data = Array.from({ length: 60 }, (_, index): [number, Buffer] => [index * 40_960, Buffer.from('x')]);
  const file = sparseFile(directory, 500_000_000, [...data, [400_000_000, Buffer.from('far')]]);
  const opened = open(file);
  context.after(() => opened.close());
  const all = await readLayout(opened, 500_000_000);
  assert.equal(all.length, 61);
  const few = await readLayout(opened, 500_000_000, { rangesMax: 20 });
  assert.equal(few.length, 2);
  for (const { start, end } of all) assert.ok(few.some((range) => range.start <= start && end <= range.end));
});

test('AC-8c: a table of data that makes no sense is damage', () => {
  const table = encodeLayout([
    { start: 10, end: 20 },
    { start: 30, end: 40 },
  ]);
  assert.equal(decodeLayout(table, 40, 20).length, 2);
  for (const [bytes, size, dataBytes] of [
    [table, 39, 20],
    [table, 40, 19],
    [Buffer.concat([table.subarray(16), table.subarray(0, 16)]), 40, 20],
    [encodeLayout([{ start: 5, end: 5 }]), 40, 0],
  ] as const)
    assert.throws(() => decodeLayout(bytes, size, dataBytes), { code: 'vault.entry_corrupt' });
});
