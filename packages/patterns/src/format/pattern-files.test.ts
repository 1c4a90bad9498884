// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { MANIFEST_NAME } from './manifest.ts';
import { classifyPatternFile } from './pattern-files.ts';

/** What libclamav 1.4 loads (its manual, "Signature formats"). */
const CLAMAV =
  'cvd cld cud hdb hsb mdb msb imp hdu hsu mdu msu ndb ndu ldb ldu cdb idb crb pdb gdb wdb fp sfp ign ign2 ftm cfg info pwdb';

test('what the engine reads is a pattern, by the end of its name in either case, and nothing else counts as protection', () => {
  for (const extension of CLAMAV.split(' ')) {
    assert.equal(classifyPatternFile(`main.${extension}`), 'clamav', extension);
    assert.equal(classifyPatternFile(`MAIN.X.${extension.toUpperCase()}`), 'clamav', extension);
    assert.equal(classifyPatternFile(`main.${extension}.bak`), 'other', extension);
    assert.equal(classifyPatternFile(`main.x${extension}`), 'other', extension);
    assert.equal(classifyPatternFile(extension), 'other', `${extension} is no ending here`);
  }
  for (const name of ['a.yar', 'a.yara', 'a.b.YAR']) assert.equal(classifyPatternFile(name), 'yara', name);
  for (const name of ['README.md', 'a.json', '', 'a.', 'manifest.json', 'a.yarn', 'yar', 'yara'])
    assert.equal(classifyPatternFile(name), 'other', name);
});

test('the tables have one name each', () => {
  for (const name of ['types.json', 'kinds.json', 'actions.json', 'tenant.json'])
    assert.equal(classifyPatternFile(name), 'table', name);
  for (const name of ['Types.json', 'x-types.json', 'types.json.cvd'])
    assert.notEqual(classifyPatternFile(name), 'table', name);
});

test('a release’s manifest is no pattern of it', () => {
  assert.deepEqual([MANIFEST_NAME, classifyPatternFile(MANIFEST_NAME)], ['manifest.json', 'other']);
});
