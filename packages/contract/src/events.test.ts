// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ActionEvent, ActionStepResult, ThreatKind, UnscannedReason } from '@lazaret/core';
import { type ACTION_EVENTS, EVENT_SCHEMA, EVENT_TYPES, eventEnvelopeSchema, eventSchema } from './events.ts';
import { decidedBySchema, uuidV7 } from './identities.ts';
import { fileRowSchema, type STEP_RESULTS, summaryRowSchema, type THREAT_KINDS } from './scan-rows.ts';
import type { UNSCANNED_REASONS } from './scanner.ts';

const UUID = '017f22e2-79b0-4cc3-98c4-dc0c0c07398f';

const envelope = {
  schema: EVENT_SCHEMA,
  id: uuidV7(1_645_557_742_000, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
  epoch: UUID,
  sequence: 7,
  time: '2027-01-31T01:00:00.000Z',
  bootId: UUID,
  monotonicMs: 12,
  policyHash: 'ab'.repeat(32),
  patternRelease: 'starter-3f2a90b1c4d5',
  decidedBy: '/manual/directories',
};

const detection = {
  ...envelope,
  type: 'detection',
  runId: 'run-1',
  path: '/srv/a.zip',
  file: { fileSystem: null, handle: '1:00ff', device: '2049', inode: '18446744073709551615' },
  bytes: 10,
  sha256: null,
  trueType: 'zip',
  threats: [{ name: 'Eicar', kind: 'test', layers: ['b.zip', 'c.com'] }],
  action: { primary: { action: 'quarantine', result: 'done' }, notify: false, decidedBy: '/manual/action' },
  notifyEvent: null,
};

const opener = {
  pid: 7,
  startedAt: null,
  executable: '/usr/bin/cat',
  commandLine: ['cat', 'a.zip'],
  user: 'www-data',
  uid: 33,
  gid: null,
  container: null,
  parents: [{ pid: 1, executable: '/sbin/init' }],
};

/** True when two unions have the same words; else the assignment of `true` does not compile. */
type Same<Left, Right> = [Left, Right] extends [Right, Left] ? true : never;

describe('events', () => {
  it('a detection with every identity is one, and without any of them is none', () => {
    assert.ok(eventSchema.safeParse(detection).success);
    for (const field of Object.keys(detection)) {
      const { [field as 'path']: _, ...rest } = detection;
      assert.equal(eventSchema.safeParse(rest).success, false, field);
    }
  });

  it('each type of event has its own body', () => {
    const summary = {
      type: 'summary',
      files: 1,
      infected: 0,
      partly: 0,
      bytes: 1,
      coverage: { lookedAt: 1, all: 1 },
      unscanned: { size: 1 },
      excepted: 0,
      patternRelease: 'x',
      elapsedMs: 1,
      state: 'done',
      actionsFailed: 0,
    };
    assert.ok(summaryRowSchema.safeParse(summary).success);
    for (const body of [
      { type: 'run.started', runId: 'r', origin: 'manual', scope: 'paths', resumed: false },
      { type: 'run.skipped', origin: 'scheduled', why: 'another scan was running' },
      { type: 'run.ended', runId: 'r', origin: 'scheduled', summary },
      { type: 'run.failed', planned: '2027-01-31T01:00:00Z', code: 'agent.internal' },
      { type: 'schedule.due', purpose: 'scan', kind: 'skip', planned: '2027-01-31T01:00:00Z', skipped: 3 },
      {
        type: 'schedule.clock-back',
        purpose: 'scan',
        decided: '2027-03-11T00:00:00.000Z',
        now: '2027-03-01T00:00:00.000Z',
      },
      { type: 'update.checked', outcome: 'nothing-new', release: 'x', before: 'x' },
      { type: 'policy.applied', hash: 'ab'.repeat(32) },
      { type: 'policy.refused', code: 'policy.invalid', message: 'no' },
      { type: 'quarantine.restored', entry: 'e', path: '/a' },
      { type: 'quarantine.deleted', entry: 'e' },
      { type: 'alarm', alarm: 'scan-incomplete', runId: 'r' },
      { type: 'gap', lostFrom: 1, lostTo: 9 },
      {
        type: 'realtime.let-through',
        letThrough: UUID,
        cause: 'deadline',
        answered: 'allow',
        path: null,
        file: null,
        access: 'open',
        opener,
        waitedMs: 2_003.5,
        scanned: { verdict: 'infected', afterMs: 1_096 },
      },
      {
        type: 'realtime.gap',
        cause: 'supervisor-died',
        from: '2027-03-01T00:00:00.000Z',
        to: '2027-03-01T00:00:03.000Z',
      },
      {
        type: 'realtime.state',
        state: 'degraded',
        reason: 'x',
        notCovered: [{ mountPoint: '/mnt', fileSystemType: 'nfs', why: 'network' }],
      },
      { ...detection, access: 'execute', refused: true, opener, attempts: 3 },
      { ...detection, access: 'close-write', refused: false, opener: null },
    ]) {
      assert.ok(eventSchema.safeParse({ ...envelope, ...body }).success, body.type);
      assert.ok(eventEnvelopeSchema.safeParse({ ...envelope, ...body }).success, body.type);
    }
    assert.equal(eventSchema.safeParse({ ...envelope, type: 'other' }).success, false);
  });

  it('every type that the agent appends to its spool has a body here, and every body is appended', () => {
    const packages = fileURLToPath(new URL('../../', import.meta.url));
    const sources = globSync('agent/src/**/*.ts', { cwd: packages }).filter((path) => !path.endsWith('.test.ts'));
    const text = sources.map((path) => readFileSync(`${packages}${path}`, 'utf8')).join('\n');
    const appended = Array.from(text.matchAll(/spool\.append\(\s*'([a-z.-]+)'/g), ([, type]) => type);
    assert.ok(appended.length >= 10, `only ${appended.length} were found: the finder is broken`);
    // The spool itself writes its gaps.
    const expected = new Set<string | undefined>([...appended, 'gap']);
    assert.deepEqual(new Set<string | undefined>(EVENT_TYPES), expected);
  });

  it('words of contract and core are the same words', () => {
    const kinds: Same<ThreatKind, (typeof THREAT_KINDS)[number]> = true;
    const reasons: Same<UnscannedReason, (typeof UNSCANNED_REASONS)[number]> = true;
    const results: Same<ActionStepResult, (typeof STEP_RESULTS)[number]> = true;
    const events: Same<ActionEvent, (typeof ACTION_EVENTS)[number]> = true;
    assert.ok(kinds && reasons && results && events);
  });
});

describe('identities', () => {
  it('a UUIDv7 is the example of RFC 9562, and later ones sort behind', () => {
    const random = Uint8Array.of(0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f);
    assert.equal(uuidV7(0x01_7f_22_e2_79_b0, random), '017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
    const ones = new Uint8Array(10).fill(0xff);
    assert.ok(uuidV7(1_700_000_000_000, ones) < uuidV7(1_700_000_000_001, new Uint8Array(10)));
  });

  it('a rule is named by a JSON pointer', () => {
    for (const pointer of ['', '/manual/exceptions/2', '/a~1b/~0'])
      assert.ok(decidedBySchema.safeParse(pointer).success);
    for (const text of ['manual', '/a~2', '/~']) assert.equal(decidedBySchema.safeParse(text).success, false, text);
  });

  it('a row of a scan carries all that the issue names', () => {
    const { file: _file, action: _action, notifyEvent: _event, ...fields } = detection;
    const row = { ...fields, type: 'file', verdict: 'infected', unscanned: [] };
    assert.ok(fileRowSchema.safeParse(row).success);
    assert.equal(fileRowSchema.safeParse({ ...row, verdict: 'unknown' }).success, false);
  });
});
