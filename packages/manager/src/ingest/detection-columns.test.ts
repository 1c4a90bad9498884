// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActionRow, Detection } from '@lazaret/contract';
import { detectionColumns, resultOf } from './detection-columns.ts';

type Step = ActionRow['primary'];
const acted = (primary: Step, secondary?: Step, decidedBy = '/manual/action'): ActionRow => ({
  primary,
  ...(secondary === undefined ? {} : { secondary }),
  notify: false,
  decidedBy,
});
const step = (action: Step['action'], result: Step['result'] = 'done') => ({ action, result });

function detection(fields: Partial<Detection> = {}): Detection {
  return {
    schema: 'lazaret.event/1',
    id: '019ac000-0000-7000-8000-000000000001',
    epoch: '019ac000-0000-7000-8000-000000000002',
    sequence: 1,
    time: '2026-11-30T10:00:00Z',
    bootId: '019ac000-0000-7000-8000-000000000003',
    monotonicMs: 1,
    policyHash: null,
    patternRelease: null,
    decidedBy: null,
    type: 'detection',
    runId: 'r1',
    path: '/srv/a',
    file: { fileSystem: null, handle: null, device: '1', inode: '2' },
    bytes: 68,
    sha256: 'ab'.repeat(32),
    trueType: 'text',
    threats: [
      { name: 'Eicar', kind: 'test', layers: [] },
      { name: 'Other', kind: 'virus', layers: [] },
    ],
    action: null,
    notifyEvent: null,
    ...fields,
  };
}

test('a detection is listed by its first threat, and kept whole', () => {
  const event = detection({ action: { ...acted(step('quarantine')), quarantineId: 'q1' }, pathBase64: 'L3NydsM=' });
  assert.deepEqual(detectionColumns(event), {
    id: event.id,
    time: new Date('2026-11-30T10:00:00Z'),
    origin: 'manual',
    path: '/srv/a',
    path_base64: 'L3NydsM=',
    threat: 'Eicar',
    kind: 'test',
    bytes: 68,
    sha256: 'ab'.repeat(32),
    action: 'quarantine',
    result: 'quarantined',
    quarantine_entry: 'q1',
    body: JSON.stringify(event),
  });
  const bare = detectionColumns(detection({ threats: [] }));
  assert.deepEqual(
    [bare.threat, bare.kind, bare.path_base64, bare.action, bare.result, bare.quarantine_entry],
    ['', 'other', null, null, 'none', null],
  );
});

test('the kind of scan is told by the rule that led to it', () => {
  const originOf = (fields: Partial<Detection>) => detectionColumns(detection(fields)).origin;
  assert.equal(originOf({ runId: 'realtime', decidedBy: '/manual/directories' }), 'realtime');
  assert.equal(originOf({ decidedBy: '/realtime/files' }), 'realtime');
  assert.equal(originOf({ decidedBy: '/scheduled/files' }), 'scheduled');
  assert.equal(originOf({ decidedBy: '/manual/files' }), 'manual');
  assert.equal(originOf({ decidedBy: null, action: acted(step('pass'), undefined, '/scheduled/action') }), 'scheduled');
  assert.equal(originOf({ decidedBy: null, action: acted(step('pass'), undefined, '/realtime/action') }), 'realtime');
  assert.equal(originOf({}), 'manual');
});

test('the result is that of the step that was tried last', () => {
  const done = (['delete', 'clean', 'pass', 'deny', 'quarantine'] as const).map((action) =>
    resultOf(acted(step(action))),
  );
  assert.deepEqual(done, ['deleted', 'cleaned', 'passed', 'denied', 'quarantined']);
  const results = (['gone', 'copy-failed', 'original-not-deleted', 'changed', 'failed'] as const).map((result) =>
    resultOf(acted(step('clean', result))),
  );
  assert.deepEqual(results, ['deleted', 'copy-failed', 'original-not-deleted', 'failed', 'failed']);
  assert.equal(resultOf(acted(step('clean', 'failed'), step('quarantine'))), 'quarantined');
  assert.equal(resultOf(acted(step('clean', 'failed'), step('quarantine', 'copy-failed'))), 'copy-failed');
  assert.equal(resultOf(null), 'none');
});
