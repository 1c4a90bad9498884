// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { testSeed } from '@lazaret/testkit';
import { measureBytes } from '../identity/content-hash.ts';
import { arrivingFile } from './arriving-file.ts';
import { planDownload } from './plan.ts';

const drawn = { seed: testSeed, numRuns: 500 };
const file = fc.record({
  name: fc.constantFrom('a.ndb', 'b.yar', 'c.hdb', 'd.json'),
  bytes: fc.nat(9),
  sha256: fc.constantFrom('aa', 'bb', 'cc', 'dd'),
});
const release = fc.record({
  directory: fc.constantFrom('/one', '/two'),
  manifest: fc.record({ files: fc.array(file) }),
});

test(`each file of an offer is planned once, in its order, and is at hand exactly where a known release names its hash (seed ${testSeed})`, () => {
  fc.assert(
    fc.property(fc.array(file), fc.uniqueArray(release, { selector: ({ directory }) => directory }), (files, known) => {
      const plan = planDownload(files, known);
      assert.deepEqual(
        plan.map((one) => one.file),
        files,
      );
      for (const { file: planned, atHand } of plan) {
        const naming = known.filter(({ manifest }) => manifest.files.some(({ sha256 }) => sha256 === planned.sha256));
        assert.deepEqual(
          atHand.map(({ directory }) => directory),
          naming.map(({ directory }) => directory),
        );
        for (const { directory, name } of atHand)
          assert.ok(
            known.some(
              (one) =>
                one.directory === directory &&
                one.manifest.files.some((there) => there.name === name && there.sha256 === planned.sha256),
            ),
          );
      }
    }),
    drawn,
  );
});

async function arrived(content: Buffer, chunks: readonly Buffer[], breaks = false): Promise<string> {
  const source = async function* () {
    yield* chunks;
    if (breaks) throw new Error('reset');
  };
  const got: Buffer[] = [];
  try {
    for await (const chunk of arrivingFile('set-1', { name: 'a.ndb', ...measureBytes(content) }, source()))
      got.push(chunk);
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error);
    assert.ok(Buffer.concat(got).length <= content.length, 'never more than the file has');
    return String(error.code);
  }
  assert.deepEqual(Buffer.concat(got), content);
  return 'whole';
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((all) => Buffer.from(all));
const cut = (all: Buffer, at: number): readonly Buffer[] => [
  all.subarray(0, at % all.length),
  all.subarray(at % all.length),
];

test(`a file arrives whole in any parts; one byte more, less or other, or an end too early, is told by its code (seed ${testSeed})`, async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.nat(), async (content, lot) => {
      const at = lot % content.length;
      assert.equal(await arrived(content, cut(content, lot)), 'whole');
      assert.equal(await arrived(content, [...cut(content, lot), Buffer.of(0)]), 'link.download');
      assert.equal(await arrived(content, [content.subarray(1)]), 'link.download');
      const other = Buffer.from(content);
      other[at] = (content[at] ?? 0) ^ 1;
      assert.equal(await arrived(content, cut(other, lot)), 'link.download');
      assert.equal(await arrived(content, [content.subarray(0, at)], true), 'link.unreachable');
    }),
    drawn,
  );
});
