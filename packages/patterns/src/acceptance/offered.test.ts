// SPDX-License-Identifier: Apache-2.0
// What a manager brings: what is taken, and that nothing else is – whatever stands on the wire or in a manifest.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { releaseVectors, testSeed } from '@lazaret/testkit';
import { formatManifest, newManifest, parseManifest, type ReleaseContents } from '../format/manifest.ts';
import { releaseIdOf } from '../identity/release-identity.ts';
import { acceptOffered, damagedFile, isSameContent } from './offered.ts';

const drawn = { seed: testSeed, numRuns: process.env['LAZARET_MUTANTS'] === '1' ? 200 : 2_000 };

function offeredOf({ id, files }: ReturnType<typeof releaseVectors>[number]): ReleaseContents {
  const named = files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
  return { id, source: 'manager: x', createdAt: '2027-03-01T00:00:00.000Z', files: named };
}
const OFFERS = releaseVectors().map(offeredOf);
const WHOLE = OFFERS[1] ?? assert.fail('there are vectors');

test('an offer that is named after its files is a release that nobody has loaded yet', () => {
  for (const offered of OFFERS) assert.deepEqual(acceptOffered(offered), { format: 1, ...offered, loaded: null });
});

test('what else an offer says stays out of the manifest', () => {
  const more = { ...WHOLE, loaded: { clamav: 9, yara: 9 }, leftOut: [{ name: 'a', reason: 'b' }] };
  assert.deepEqual(acceptOffered(more), { format: 1, ...WHOLE, loaded: null });
});

test(`an offer in which one thing was changed is refused, and one that leads elsewhere above all (seed ${testSeed})`, () => {
  const [first, ...rest] = WHOLE.files;
  assert.ok(first);
  for (const change of [
    { files: rest },
    { files: [...WHOLE.files, { ...first, name: 'more.yar' }] },
    { files: [{ ...first, name: 'other.ndb' }, ...rest] },
    { id: WHOLE.id.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
  ])
    assert.throws(() => acceptOffered({ ...WHOLE, ...change }), { code: 'patterns.damaged' }, JSON.stringify(change));
  for (const change of [
    { id: `../${WHOLE.id}` },
    { files: [{ ...first, name: '../x.ndb' }, ...rest] },
    { files: [{ ...first, bytes: 2 ** 40 }, ...rest] },
    { createdAt: 'now' },
  ])
    assert.throws(() => acceptOffered({ ...WHOLE, ...change }), { name: 'ZodError' }, JSON.stringify(change));
});

/** Bytes of a manifest with some of them replaced, left out or doubled, and bytes that never were one. */
const broken = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .record({
      offer: fc.constantFrom(...OFFERS),
      at: fc.nat(),
      length: fc.nat({ max: 12 }),
      bytes: fc.uint8Array({ maxLength: 12 }),
    })
    .map(({ offer, at, length, bytes }) => {
      const text = Buffer.from(formatManifest(newManifest(offer)));
      const from = at % text.length;
      return Buffer.concat([text.subarray(0, from), bytes, text.subarray(from + length)]);
    }),
);

test(`whatever bytes lie in the place of a manifest, they are none, or one of that form alone (seed ${testSeed})`, () => {
  fc.assert(
    fc.property(broken, (bytes) => {
      const manifest = parseManifest(bytes.toString('utf8'));
      if (manifest === null) return;
      assert.deepEqual(parseManifest(formatManifest(manifest)), manifest);
      for (const { name } of manifest.files) assert.ok(!name.includes('/') && !name.startsWith('.'));
      assert.ok(!manifest.id.includes('/') && !manifest.id.startsWith('.'));
    }),
    drawn,
  );
});

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      2 ** 53,
      Number.POSITIVE_INFINITY,
      '',
      '..',
      'a.ndb',
      WHOLE.id,
      'ab'.repeat(32),
      '2027-03-01T00:00:00Z',
    ),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom('id', 'source', 'createdAt', 'files', 'name', 'bytes', 'sha256', '__proto__'),
      tie('any'),
    ),
  ),
})).any;

test(`whatever a manager says in the place of a release, it is refused with a ZodError or as damaged, or is a whole one (seed ${testSeed})`, () => {
  fc.assert(
    fc.property(value, (said) => {
      try {
        const manifest = acceptOffered({ ...WHOLE, ...(said as object) });
        assert.deepEqual(parseManifest(formatManifest(manifest)), manifest);
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.ok(error.name === 'ZodError' || ('code' in error && error.code === 'patterns.damaged'), error.name);
      }
    }),
    drawn,
  );
});

test('a file is its length and its hash', () => {
  const file = { bytes: 1, sha256: 'ab'.repeat(32) };
  assert.ok(isSameContent(file, { ...file }));
  assert.equal(isSameContent(file, { ...file, bytes: 2 }), false);
  assert.equal(isSameContent(file, { ...file, sha256: 'cd'.repeat(32) }), false);
  const { code, where, message } = damagedFile('/srv/a.ndb');
  assert.deepEqual([code, where], ['patterns.damaged', '/srv/a.ndb']);
  assert.equal(message, '/srv/a.ndb changed after the release was made.');
});

test('an offer that lists one name twice is damaged, even if it is named after its list', () => {
  const [first] = WHOLE.files;
  assert.ok(first);
  const files = [first, first];
  assert.throws(() => acceptOffered({ ...WHOLE, id: releaseIdOf('set', files), files }), { code: 'patterns.damaged' });
});
