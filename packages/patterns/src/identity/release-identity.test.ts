// SPDX-License-Identifier: Apache-2.0
// The golden vectors of releases (vectors/releases.json), and what must hold for every release.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { releaseIdSchema } from '@lazaret/contract';
import { releaseVectors, testSeed } from '@lazaret/testkit';
import { measureBytes, measureContent } from './content-hash.ts';
import { formatReleaseId, isNamedAfter, releaseIdentity, releaseIdOf } from './release-identity.ts';

test('a release has the name that the vectors say, and each of its files the hash', () => {
  for (const { why, label, files, identity, id } of releaseVectors()) {
    assert.equal(releaseIdentity(files), identity, why);
    assert.equal(releaseIdOf(label, files), id, why);
    assert.ok(isNamedAfter(id, files), why);
    for (const { name, text, bytes, sha256 } of files)
      assert.deepEqual(measureBytes(Buffer.from(text)), { bytes, sha256 }, `${why}: ${name}`);
  }
});

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const file = fc.record({ name: fc.stringMatching(/^[a-z]{1,4}\.ndb$/), sha256: hex });
const drawn = { seed: testSeed, numRuns: 300 };

test(`the order of the files does not matter; another name, another byte, one file more or less does (seed ${testSeed})`, () => {
  fc.assert(
    fc.property(fc.uniqueArray(file, { minLength: 1, selector: ({ name }) => name }), fc.nat(), (files, lot) => {
      const id = releaseIdOf('set', files);
      const at = lot % files.length;
      assert.equal(releaseIdOf('set', files.toReversed()), id);
      const others = [
        files.toSpliced(at, 1),
        [...files, { name: 'more.yar', sha256: 'ab'.repeat(32) }],
        files.map((one, index) => (index === at ? { ...one, name: `x${one.name}x` } : one)),
        files.map((one, index) => (index === at ? { ...one, sha256: flipped(one.sha256) } : one)),
      ];
      for (const other of others) assert.equal(isNamedAfter(id, other), false);
    }),
    drawn,
  );
});

const flipped = (sha256: string): string => `${sha256.startsWith('0') ? '1' : '0'}${sha256.slice(1)}`;

test(`every label makes a name that may stand in a manifest and on the wire (seed ${testSeed})`, () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), hex, (label, identity) => {
      const id = formatReleaseId(label, identity);
      assert.ok(releaseIdSchema.safeParse(id).success, JSON.stringify(id));
      assert.ok(id.endsWith(`-${identity.slice(0, 12)}`));
    }),
    drawn,
  );
});

test('a label becomes a part of the name that is safe, or is left away', () => {
  const digest = '3f2a90b1c4d5'.padEnd(64, '0');
  const named = (label: string): string => formatReleaseId(label, digest);
  assert.equal(named('starter'), 'starter-3f2a90b1c4d5');
  assert.equal(named('Mixed Set! (2)'), 'mixed-set-2--3f2a90b1c4d5');
  assert.equal(named('../..'), 'local-3f2a90b1c4d5');
  assert.equal(named('-a.b'), 'a.b-3f2a90b1c4d5');
  assert.equal(named(''), 'local-3f2a90b1c4d5');
  assert.equal(named('x'.repeat(60)), `${'x'.repeat(48)}-3f2a90b1c4d5`);
});

test('a name that only ends as another does is not of the same files', () => {
  const files = [{ name: 'a.ndb', sha256: 'ab'.repeat(32) }];
  const id = releaseIdOf('set', files);
  assert.ok(isNamedAfter(id.replace(/^set/, 'other'), files), 'the label is for people');
  assert.equal(isNamedAfter(id.replace('-', ''), files), false);
  assert.equal(isNamedAfter(`${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`, files), false);
});

test(`content in parts has the identity of the whole (seed ${testSeed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 })), async (chunks) => {
      const parts = chunks.map((chunk) => Buffer.from(chunk));
      assert.deepEqual(await measureContent(parts), measureBytes(Buffer.concat(parts)));
    }),
    drawn,
  );
});
