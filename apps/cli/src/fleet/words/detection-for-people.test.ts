// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DetectionDetail, detectionDetailSchema } from '@lazaret/contract';
import { detectionForPeople } from './detection-for-people.ts';

const DETECTION: DetectionDetail = detectionDetailSchema.parse({
  id: '01939d00-0000-7000-8000-000000000001',
  vm: { id: '01939d00-0000-7000-8000-000000000002', name: 'web-1' },
  time: '2026-11-25T02:00:00.000Z',
  receivedAt: '2026-11-25T02:00:01.000Z',
  origin: 'realtime',
  path: '/srv/a\u001b[2J.zip',
  pathBase64: null,
  threat: 'Own.Test',
  kind: 'virus',
  bytes: 2048,
  sha256: 'a'.repeat(64),
  action: 'clean',
  result: 'quarantined',
  quarantineEntry: 'q-1',
  threats: [{ name: 'Own.Test', kind: 'virus', layers: ['b.exe'] }],
  threatsLeftOut: 2,
  trueType: 'zip',
  file: { fileSystem: null, handle: null, device: '1', inode: '2' },
  unscanned: [],
  steps: {
    primary: { action: 'clean', result: 'failed', error: 'action.not_cleanable' },
    secondary: { action: 'quarantine', result: 'done' },
    notify: true,
    decidedBy: '/realtime/action',
  },
  process: null,
  access: 'open',
  refused: true,
  attempts: 3,
  scanId: null,
  vmZone: null,
  patternRelease: 'starter-1',
  policy: null,
  policyHash: null,
  decidedBy: '/realtime/directories',
  sameHashVms: 1,
  notifications: [{ channel: 'mail', to: 'a@example.com', state: 'sent', at: '2026-11-25T02:00:02.000Z' }],
});

test('one detection is told in lines: what, where, each step, the rule, and who was told', () => {
  const lines = detectionForPeople(DETECTION);
  const text = lines.join('\n');
  assert.doesNotMatch(text, /[{}]/);
  for (const line of [
    /^VM +web-1$/m,
    /^Threats +Own\.Test in b\.exe, and in 2 more places$/m,
    /^Action +clean: failed \(action\.not_cleanable\)$/m,
    /^Then +quarantine: done$/m,
    /^Entry +q-1$/m,
    /^Access +open, refused, 3 times$/m,
    /^Rule +\/realtime\/directories$/m,
    /^Notified +mail a@example\.com: sent$/m,
  ])
    assert.match(text, line);
  assert.ok(!text.includes('\u001b'), 'a name cannot play with the terminal');
});

test('where nothing was done and nobody was told, that is said', () => {
  const text = detectionForPeople({ ...DETECTION, steps: null, notifications: [] }).join('\n');
  assert.match(text, /^Action +none: the scan only reports$/m);
  assert.match(text, /^Notified +nobody$/m);
});
