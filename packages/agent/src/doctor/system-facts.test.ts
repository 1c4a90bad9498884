// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { temporaryDirectory } from '@lazaret/testkit';
import { parseOsRelease, readSystemFacts } from './system-facts.ts';

test('os-release is read in its three ways of quoting, and nonsense is no field', () => {
  const fields = parseOsRelease(
    `NAME="Debian GNU/Linux"\nVERSION_ID='12'\nID=debian\n# ID=other\nbroken line\n=x\nID2=\n`,
  );
  assert.deepEqual(
    [...fields],
    [
      ['NAME', 'Debian GNU/Linux'],
      ['VERSION_ID', '12'],
      ['ID', 'debian'],
      ['ID2', ''],
    ],
  );
  fc.assert(fc.property(fc.string(), (text) => assert.ok(parseOsRelease(text) instanceof Map)));
});

test('a machine without os-release is unknown, not a failure', (t) => {
  const directory = temporaryDirectory(t);
  assert.equal(readSystemFacts(join(directory, 'none')).id, 'unknown');
  writeFileSync(join(directory, 'os-release'), 'ID=alpine\nVERSION_ID=3.20.1\n');
  const facts = readSystemFacts(join(directory, 'os-release'));
  assert.deepEqual([facts.id, facts.version], ['alpine', '3.20.1']);
  assert.match(facts.kernel, /^\d+\.\d+/);
});
