// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { knownFieldsAt, placesOfField, policyJsonSchema } from './policy-json-schema.ts';

test('the document that editors read is this schema, which has no other fields', () => {
  const file = new URL('../../../../docs/reference/policy.schema.json', import.meta.url);
  const document = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly properties: object;
    readonly additionalProperties: boolean;
  };
  assert.deepEqual(JSON.parse(JSON.stringify(policyJsonSchema().properties)), document.properties);
  assert.equal(policyJsonSchema().additionalProperties, false);
  assert.equal(document.additionalProperties, false);
});

test('the fields of a place are those of the kind that the document chose, or of all kinds', () => {
  const at = (schedule: unknown) => knownFieldsAt({ scheduled: { schedule } }, ['scheduled', 'schedule']);
  const weekly = at({ kind: 'weekly' });
  assert.ok(weekly.includes('everyWeeks') && !weekly.includes('on') && !weekly.includes('every'));
  for (const schedule of [{}, { kind: 'weakly' }, undefined, null, 7, 'x']) {
    const all = at(schedule);
    for (const name of ['everyWeeks', 'on', 'every', 'at'])
      assert.ok(all.includes(name), `${JSON.stringify(schedule)} ${name}`);
    assert.equal(new Set(all).size, all.length);
  }
  for (const document of [null, 7, { scheduled: null }, { scheduled: 'x' }])
    assert.ok(knownFieldsAt(document, ['scheduled', 'schedule']).includes('on'));
  assert.deepEqual(knownFieldsAt({}, ['manual', 'exceptions', 0]).toSorted(), ['author', 'expires', 'match', 'reason']);
  assert.ok(knownFieldsAt({}, []).includes('manual'));
  for (const steps of [['nothing'], ['name', 'first'], ['constructor'], ['manual', 0]])
    assert.deepEqual(knownFieldsAt({}, steps), []);
});

test('a name leads to its places, in no list', () => {
  assert.deepEqual(placesOfField('load'), ['/scheduled/load', '/manual/load']);
  assert.deepEqual(placesOfField('deadlineMs'), ['/realtime/deadlineMs']);
  assert.deepEqual(placesOfField('constructor'), []);
});
