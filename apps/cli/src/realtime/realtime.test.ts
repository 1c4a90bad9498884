// SPDX-License-Identifier: Apache-2.0
// What `lazaret realtime` makes of its choices, and its lines for people.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultPolicy } from '@lazaret/core';
import { foregroundPolicy } from './foreground-policy.ts';
import { lineForPeople } from './lines-for-people.ts';
import { formatStats } from './stats-for-people.ts';

test('RT-5b: what the command line says is laid over the policy; real-time is on, whatever it says', () => {
  const policy = { ...defaultPolicy, realtime: { ...defaultPolicy.realtime, enabled: false } };
  const { realtime } = foregroundPolicy(policy, {
    watch: ['a', '/b'],
    action: 'deny',
    deadlineMs: 500,
    onDeadline: 'deny',
  });
  assert.deepEqual(realtime.directories, {
    kind: 'list',
    entries: [
      { path: resolve('a'), subdirectories: true },
      { path: '/b', subdirectories: true },
    ],
  });
  assert.deepEqual(
    [realtime.enabled, realtime.action, realtime.deadlineMs, realtime.onDeadline],
    [true, { kind: 'custom', primary: 'deny' }, 500, 'deny'],
  );
  assert.deepEqual(foregroundPolicy(defaultPolicy, {}), defaultPolicy);
});

test('LM-8a: a network drive, an empty place and a deadline out of range are refused with their code', () => {
  for (const [choices, code] of [
    [{ watch: ['//server/share'] }, 'targets.network'],
    [{ watch: [''] }, 'policy.invalid'],
    [{ deadlineMs: 99 }, 'limits.out_of_range'],
  ] as const)
    assert.throws(() => foregroundPolicy(defaultPolicy, choices), { code });
});

test('every kind of line has one readable line, and hostile names cannot play with the terminal', () => {
  const page = readFileSync(new URL('../../../../docs/reference/realtime-json.md', import.meta.url), 'utf8');
  const lines = Array.from(page.matchAll(/^\{.*\}$/gm), ([line]) => line);
  assert.ok(lines.length >= 8);
  for (const line of lines) {
    const shown = lineForPeople(line.replaceAll('/srv/', String.raw`/srv/\u001b[2J\n`));
    assert.ok(shown !== null && !/\p{Cc}/u.test(shown), line);
  }
  assert.match(
    lineForPeople(lines[1] ?? '') ?? '',
    /open refused: \/srv\/b\.txt: Eicar.*deny: done; by \/usr\/bin\/cat/,
  );
  assert.equal(lineForPeople('not json'), null);
  assert.throws(() => lineForPeople('{"error":{"code":"patterns.empty","message":"x","path":""}}'), {
    code: 'patterns.empty',
  });
});

test('statistics say what is watched, what it cost, and whom', () => {
  const place = { mountPoint: '/srv', fileSystemType: 'ext4', device: '8:1', namespace: null, why: null };
  const stats = {
    opens: 10,
    cacheHits: 8,
    ignoreMarks: 1,
    misses: 2,
    outOfScope: 0,
    own: 0,
    detections: 1,
    letThrough: { deadline: 1, overload: 0 },
    overload: 0,
    overloadRefused: 0,
    detectedEntries: 0,
    owners: [],
    scanMs: 1_500,
    waiting: 0,
    cacheEntries: 2,
    exceptions: [{ decidedBy: '/realtime/exceptions/0', hits: 7 }],
    top: { processes: [{ executable: '/usr/bin/cc', scans: 2, scanMs: 1_500 }], paths: [] },
    followUps: { waiting: 0, ended: { clean: 1 } },
    walked: 0,
    excepted: 0,
  };
  const status = {
    state: 'on',
    reason: null,
    watching: [place, { ...place, fileSystemType: 'tmpfs', why: 'truncate by path is not refused' }],
    notCovered: [{ ...place, why: 'network' }],
    stats,
  } as const;
  const text = formatStats(status, true).join('\n');
  for (const part of [
    /Real-time: on\./,
    /watched: \/srv \(ext4\)\n/,
    /watched: \/srv \(tmpfs\) – truncate by path is not refused/,
    /not covered: \/srv – network/,
    /deadline 1; scanned afterwards: clean 1/,
    /excepted by \/realtime\/exceptions\/0: 7 opens/,
    /1\.5 s {2}2 scans {2}\/usr\/bin\/cc/,
  ])
    assert.match(text, part);
  assert.match(formatStats({ ...status, stats: null }, false).join('\n'), /does not answer/);
});
