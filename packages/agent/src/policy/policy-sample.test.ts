// SPDX-License-Identifier: Apache-2.0
// The sample of the documents is read by the product's own reader.
import assert from 'node:assert/strict';
import { describe, it, test, type TestContext } from 'node:test';
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

/** The faults of a file, as `FILE:LINE:COLUMN /pointer code`. */
function faultsOf(t: TestContext, name: string, text: string): readonly string[] {
  const path = join(temporaryDirectory(t), name);
  writeFileSync(path, text);
  try {
    loadPolicyFile(path);
    return [];
  } catch (error) {
    assert.ok(error instanceof PolicyFaults, String(error));
    return error.faults.map((fault) => `${fault.line}:${fault.column} ${fault.path} ${fault.code}`);
  }
}

test('each fault of a policy file comes with line and column, in the order of the file, as YAML', (t) => {
  const lines = [
    'vault: { bytesMax: 5 }',
    'manul: {}',
    'rules: &rules',
    '  kind: list',
    'realtime:',
    '  enabled: "yes"',
    '  directories:',
    '    kind: list',
    '    entries:',
    '      - path: /srv',
    '      - path: relative',
    '      - 4',
    '  direktories: *rules',
  ];
  assert.deepEqual(faultsOf(t, 'bad.yaml', lines.join('\n')), [
    '1:10 /vault/bytesMax limits.out_of_range',
    '2:1 /manul policy.unknown_field',
    '3:1 /rules policy.unknown_field',
    '6:3 /realtime/enabled policy.invalid',
    '11:9 /realtime/directories/entries/1/path targets.relative',
    '12:9 /realtime/directories/entries/2 policy.invalid',
    '13:3 /realtime/direktories policy.unknown_field',
  ]);
});

test('each fault of a policy file comes with line and column as JSON, and what is missing with the place of what lacks it', (t) => {
  const text = '{\n  "name": 7,\n  "manual": {\r\n\t"action": { "kind": "custom" }\n  }\n}\n';
  assert.deepEqual(faultsOf(t, 'bad.json', text), [
    '2:3 /name policy.invalid',
    '4:2 /manual/action/primary policy.invalid',
  ]);
  assert.deepEqual(faultsOf(t, 'list.yaml', '\n- name: x\n'), ['2:1  policy.invalid']);
});

test('text that is neither YAML nor JSON is refused with its line and column', (t) => {
  const path = join(temporaryDirectory(t), 'bad.yaml');
  for (const [text, place] of [
    ['name: x\nmanual: [\n', '3:1'],
    ['a: 1\na: 2', '2:1'],
    ['{"name": "x",,}', '1:14'],
  ] as const) {
    writeFileSync(path, text);
    assert.throws(
      () => loadPolicyFile(path),
      (error) =>
        error instanceof Error && error.message.startsWith(`${path}:${place}: This is not valid YAML or JSON: `),
      text,
    );
  }
});
