// SPDX-License-Identifier: Apache-2.0
// The packets between agent and gate: what the gate says is taken, whatever else comes is refused and never thrown over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gateConfigurationSchema, gateMessageSchema, gateOrderSchema } from './gate.ts';

const file = { device: '39', inode: '18446744073709551615', handleType: 1, handle: '374a3d8f06' };
const opener = {
  pid: 7,
  startTime: 3_157_101,
  executable: '/usr/bin/\u00ff',
  commandLine: ['cat'],
  uid: -1,
  gid: -1,
  container: null,
  parents: [{ pid: 1, executable: '' }],
};
const about = { id: 1, access: 'open', path: '/srv/\u00e4', believed: true, file, decidedBy: '/realtime', waitedMs: 3 };
const mount = { mountPoint: '/srv', fileSystemType: 'ext4', device: '8:1', namespace: 4_026_532_177 };
const stats = { opens: 1, cacheHits: 1, ignoreMarks: 0, misses: 0, outOfScope: 0, own: 0, detections: 0 };

const MESSAGES = [
  {
    type: 'hello',
    protocol: 1,
    pid: 9,
    mode: 'permission',
    reason: null,
    kernel: { preAccess: true, closeWrite: true },
  },
  { type: 'configured', generation: 3, watching: [mount], notCovered: [{ ...mount, why: 'network' }] },
  { type: 'mounts', watching: [], notCovered: [] },
  { type: 'detection', ...about, refused: true, answer: '{}', opener, attempts: 2, again: true },
  { type: 'detection', ...about, file: null, path: null, refused: false, answer: '{}', opener: null },
  { type: 'partly', ...about, answer: '{}', dropped: 4 },
  {
    type: 'let-through',
    ...about,
    number: 1,
    letThrough: '9c1d3a2b-4e5f-8677-8500-000000000001',
    cause: 'gate-died',
    answered: 'deny',
    opener,
  },
  { type: 'missed', number: 2 ** 52, cause: 'overflow', fromMs: 1, toMs: 2 },
  { type: 'refused', fault: 'x' },
  {
    type: 'stats',
    ...stats,
    letThrough: { deadline: 1 },
    overload: 0,
    scanMs: 0.5,
    waiting: 0,
    cacheEntries: 0,
    top: { processes: [{ executable: '/bin/sh', scans: 1, scanMs: 1 }], paths: [{ path: '/a', scans: 1, scanMs: 1 }] },
  },
] as const;

test('every message of the gate is taken', () => {
  for (const message of MESSAGES) {
    const parsed = gateMessageSchema.safeParse(message);
    assert.ok(parsed.success, JSON.stringify(parsed.error?.issues));
  }
});

test('numbers above 2^53 keep every digit', () => {
  const parsed = gateMessageSchema.parse(MESSAGES[3]);
  assert.ok(parsed.type === 'detection' && parsed.file?.inode === '18446744073709551615');
});

test('a path that is no bytes as text, an unknown protocol and an unknown cause are refused', () => {
  for (const message of [
    { ...MESSAGES[3], path: '/srv/\u0100' },
    { ...MESSAGES[0], protocol: 2 },
    { ...MESSAGES[6], cause: 'boredom' },
    { ...MESSAGES[3], file: { ...file, handle: 'zz' } },
    { type: 'other' },
  ])
    assert.equal(gateMessageSchema.safeParse(message).success, false, JSON.stringify(message));
});

test('orders and the configuration are what the gate reads', () => {
  for (const type of ['configure', 'deny', 'stats']) assert.ok(gateOrderSchema.safeParse({ type }).success);
  assert.ok(gateOrderSchema.safeParse({ type: 'done', numbers: [1, 2 ** 52] }).success);
  const configuration = {
    type: 'configure',
    generation: 1,
    active: true,
    rules: { version: 3, own: [] },
    deadlineMs: 10_000,
    onDeadline: 'allow',
    onOverload: 'deny',
    profile: Buffer.alloc(96).toString('base64'),
    verdicts: 'starter-1',
  };
  assert.ok(gateConfigurationSchema.safeParse(configuration).success);
  const shorter = { ...configuration, profile: Buffer.alloc(95).toString('base64') };
  assert.equal(gateConfigurationSchema.safeParse(shorter).success, false);
});

test('fuzz: no value makes a schema throw, and a message with one field replaced is taken or refused', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...MESSAGES), fc.nat(), (value, message, at) => {
      assert.equal(typeof gateMessageSchema.safeParse(value).success, 'boolean');
      const fields = Object.keys(message);
      const changed = { ...message, [fields[at % fields.length] ?? 'type']: value };
      assert.equal(typeof gateMessageSchema.safeParse(changed).success, 'boolean');
      assert.equal(typeof gateOrderSchema.safeParse(changed).success, 'boolean');
    }),
  );
});
