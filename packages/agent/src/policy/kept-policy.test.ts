// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@lazaret/testkit';
import { readKeptPolicy, readManagerPolicy } from './kept-policy.ts';
import { isReportOnly, PolicyFaults } from './policy-file.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('the manager’s policy goes before a person’s; without one only reports are made', (t) => {
  const directory = temporaryDirectory(t);
  const places = { own: join(directory, 'policy.yaml'), manager: join(directory, 'manager.json') };
  assert.ok(isReportOnly(readKeptPolicy(places)));
  writeFileSync(places.own, 'name: own\n');
  assert.equal(readKeptPolicy(places).policy.name, 'own');
  writeFileSync(places.manager, '{"name":"of the manager"}');
  assert.equal(readKeptPolicy(places).policy.name, 'of the manager');
  rmSync(places.own);
  const kept = readKeptPolicy(places);
  assert.deepEqual([kept.policy.name, isReportOnly(kept)], ['of the manager', false]);
});

test('the one that goes first decides alone, also where it has faults; a person’s is taken only where nobody else may write it', (t) => {
  const directory = temporaryDirectory(t);
  const places = { own: join(directory, 'policy.yaml'), manager: join(directory, 'manager.json') };
  writeFileSync(places.own, '{}');
  chmodSync(places.own, 0o666);
  assert.throws(() => readKeptPolicy(places), { code: 'policy.foreign_file' });
  chmodSync(places.own, 0o644);
  writeFileSync(places.manager, '{"name":7}');
  assert.throws(
    () => readKeptPolicy(places),
    (error) => error instanceof PolicyFaults,
  );
});

test('a policy of the manager is known by the hash of its text; what of it is not known here is kept, and told', () => {
  const text = '{"name":"x","ofTomorrow":1}';
  const { hash, notApplied, policy } = readManagerPolicy(text);
  assert.equal(hash, sha256(text));
  assert.deepEqual(
    notApplied.map(({ path }) => path),
    ['/ofTomorrow'],
  );
  assert.equal(policy.name, 'x');
  assert.throws(() => readManagerPolicy('{"name":7}'), { message: /^the policy of the manager: \/name: / });
});
