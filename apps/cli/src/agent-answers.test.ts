// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { entryListSchema, manifestViewSchema, readAnswer, restoredSchema, updateViewSchema } from './agent-answers.ts';

const MANIFEST = {
  format: 1,
  id: 'set-0123456789ab',
  source: '/srv/set',
  createdAt: '2027-03-01T00:00:00.000Z',
  files: [{ name: 'a.ndb', bytes: 1, sha256: 'ab'.repeat(32) }],
  loaded: { clamav: 1, yara: 0 },
  leftOut: [{ name: 'b.yar', reason: 'b.yar:1: x' }],
};

test('an answer is kept as it is, with what this command does not know', () => {
  assert.deepEqual(readAnswer('patterns.load', MANIFEST, manifestViewSchema), MANIFEST);
  const update = { outcome: 'taken', active: MANIFEST, more: 1 };
  assert.deepEqual(readAnswer('patterns.update', update, updateViewSchema), update);
  const list = {
    entries: [{ id: 'x', state: 'damaged', bytes: 1, code: 'vault.entry_corrupt', why: 'y' }],
    usage: { bytes: 1, bytesMax: 2, percent: 50, warning: false },
  };
  assert.deepEqual(readAnswer('quarantine.list', list, entryListSchema), list);
  const restored = { id: 'x', path: '/a', differences: [{ what: 'hard-links', detail: '' }], linked: false };
  assert.deepEqual(readAnswer('quarantine.restore', restored, restoredSchema), restored);
});

test('an answer that lacks something, or has it in another form, is told with its place', () => {
  for (const [answer, why] of [
    [null, ''],
    [{ ...MANIFEST, id: 7 }, 'id '],
    [{ ...MANIFEST, loaded: { clamav: '1', yara: 0 } }, 'loaded.clamav '],
    [{ ...MANIFEST, leftOut: 'none' }, 'leftOut '],
  ] as const)
    assert.throws(
      () => readAnswer('patterns.load', answer, manifestViewSchema),
      (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'agent.internal');
        assert.ok(
          error.message.startsWith(`The agent's answer to patterns.load cannot be read: ${why}`),
          error.message,
        );
        return true;
      },
    );
});

test('an entry of a path longer than any limit of the wire is read like every other, and what else it says is kept', () => {
  const entry = {
    id: 'e1',
    state: 'complete',
    path: `/${'a/'.repeat(20_000)}`,
    pathBase64: 'a'.repeat(60_000),
    takenAt: '2026-12-01T00:00:00Z',
    bytes: 68,
    sha256: null,
    owner: { uid: 0, gid: 0 },
    mode: '0644',
    names: { known: 1, of: 1 },
    attributes: 0,
    threats: [{ name: 'Test', kind: 'test', layers: [] }],
    patternRelease: null,
    later: 'of a newer agent',
  };
  const answer = { entries: [entry], usage: { bytes: 68, bytesMax: 100, percent: 68, warning: false } };
  assert.deepEqual(readAnswer('quarantine.list', answer, entryListSchema), answer);
  assert.throws(
    () => readAnswer('quarantine.list', { ...answer, entries: [{ ...entry, bytes: 'many' }] }, entryListSchema),
    {
      code: 'agent.internal',
    },
  );
});
