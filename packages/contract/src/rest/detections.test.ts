// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { detectionDetailSchema } from './detections.ts';

/** As managers answered before they counted what is left out. */
const OLDER = {
  id: '01939d00-0000-7000-8000-000000000001',
  vm: { id: '01939d00-0000-7000-8000-000000000002', name: 'web' },
  time: '2026-11-25T02:00:00.000Z',
  receivedAt: '2026-11-25T02:00:01.000Z',
  origin: 'manual',
  path: '/srv/a',
  pathBase64: 'L3Nydi9h',
  threat: 'Own',
  kind: 'virus',
  bytes: 1,
  sha256: null,
  action: null,
  result: 'none',
  quarantineEntry: null,
  threats: [],
  trueType: null,
  file: { fileSystem: null, handle: null, device: '1', inode: '2' },
  unscanned: [],
  steps: null,
  process: null,
  access: null,
  refused: null,
  attempts: 1,
  scanId: null,
  vmZone: null,
  patternRelease: null,
  policy: null,
  policyHash: null,
  decidedBy: null,
  sameHashVms: 0,
  notifications: [],
};

test('a detection of an older manager is read: nothing was left out that it tells of', () => {
  const { threatsLeftOut, unscannedLeftOut } = detectionDetailSchema.parse(OLDER);
  assert.deepEqual([threatsLeftOut, unscannedLeftOut], [0, 0]);
  assert.equal(detectionDetailSchema.parse({ ...OLDER, threatsLeftOut: 3 }).threatsLeftOut, 3);
});
