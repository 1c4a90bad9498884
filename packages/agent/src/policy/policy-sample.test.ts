// SPDX-License-Identifier: Apache-2.0
// The sample of the documents is read by the product's own reader.
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { defaultPolicy, valueAt } from '@lazaret/core';
import { temporaryDirectory } from '@lazaret/testkit';
import { loadPolicyFile, PolicyFaults } from './policy-file.ts';

const sample = fileURLToPath(new URL('../../../../docs/reference/policy-sample.yaml', import.meta.url));

/** Pointers of every field that a policy has by default. */
function pointersOf(value: unknown, pointer = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [pointer];
  return Object.entries(value).flatMap(([key, inner]) => pointersOf(inner, `${pointer}/${key}`));
}

/** Scopes, actions and schedules are variants: their inner fields depend on their kind. */
const VARIANTS = /\/(directories|files|action|schedule)\/.*$/;

describe('docs/reference/policy-sample.yaml', () => {
  it('is a policy of which every field is applied', () => {
    const { policy, notApplied, hash } = loadPolicyFile(sample);
    assert.deepEqual(notApplied, []);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.equal(policy.name, 'web servers');
    assert.equal(policy.scheduled.exceptions.length, 5);
  });

  it('shows every field', () => {
    const text = parse(readFileSync(sample, 'utf8')) as unknown;
    const fields = new Set(pointersOf(defaultPolicy).map((pointer) => pointer.replace(VARIANTS, '/$1')));
    assert.ok(fields.size > 30);
    for (const field of fields) assert.notEqual(valueAt(text, field), undefined, field);
  });
});

test('the faults of a policy file come with its fields that are not known', (t) => {
  const path = join(temporaryDirectory(t), 'bad.yaml');
  writeFileSync(path, 'vault: { bytesMax: 5 }\nmanul: {}\n');
  assert.throws(
    () => loadPolicyFile(path),
    (error) => {
      assert.ok(error instanceof PolicyFaults);
      assert.deepEqual(
        error.faults.map(({ path: place }) => place),
        ['/vault/bytesMax'],
      );
      assert.deepEqual(
        error.notApplied.map(({ path: place }) => place),
        ['/manul'],
      );
      return true;
    },
  );
});
