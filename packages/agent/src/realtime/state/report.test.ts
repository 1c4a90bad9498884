// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REALTIME_REPORT_LIMITS, realtimeReportSchema, type GateMount } from '@lazaret/contract';
import { reportOf, type ReportFacts } from './report.ts';

const mount = (mountPoint: string, why?: string): GateMount => ({
  mountPoint,
  fileSystemType: 'ext4',
  device: '8:1',
  ...(why === undefined ? {} : { why }),
});
const STATS = {
  opens: 10,
  cacheHits: 4,
  ignoreMarks: 2,
  misses: 5,
  outOfScope: 0,
  own: 1,
  detections: 1,
  letThrough: { deadline: 2, overload: 1 },
  overload: 1,
  overloadRefused: 0,
  detectedEntries: 0,
  owners: [],
  scanMs: 12.5,
  waiting: 0,
  cacheEntries: 4,
  exceptions: [],
  top: { processes: [], paths: [] },
};
const FACTS: ReportFacts = {
  stand: { state: 'on', reason: null, why: null, detail: null },
  isWatching: true,
  configured: {
    type: 'configured',
    generation: 1,
    watching: [mount('/srv')],
    moreWatching: 0,
    notCovered: [mount('/nas', 'network'), mount('/x', 'refused by the kernel: No such device'), mount('/y', 'hidden')],
    moreNotCovered: 0,
  },
  warnings: [],
  entryPath: (pointer) => `entry ${pointer}`,
  stats: STATS,
  refused: 7,
};

test('a report says what is watched, what is not and why, and what was counted', () => {
  const report = realtimeReportSchema.parse(reportOf(FACTS));
  assert.deepEqual(report.watching, [{ mountPoint: '/srv', fileSystemType: 'ext4' }]);
  assert.deepEqual(
    report.notCovered.map(({ mountPoint, why, detail }) => [mountPoint, why, detail]),
    [
      ['/nas', 'network', null],
      ['/x', 'kernel', 'No such device'],
      ['/y', 'hidden', null],
    ],
  );
  assert.deepEqual(report.counts, {
    opens: 10,
    cacheHits: 4,
    ignoreMarks: 2,
    scans: 5,
    detections: 1,
    refused: 7,
    letThrough: 3,
    overload: 1,
    waiting: 0,
  });
});

test('an entry of the list that leads nowhere is told first, and nothing is told as watched while it is off', () => {
  const warnings = [
    { code: 'targets.missing', path: '/realtime/directories/entries/0', message: '' },
    { code: 'exceptions.expired', path: '/realtime/exceptions/0', message: '' },
  ] as unknown as ReportFacts['warnings'];
  const configured = { ...FACTS.configured, moreWatching: 5 } as typeof FACTS.configured;
  const report = reportOf({ ...FACTS, isWatching: false, configured, warnings, stats: null });
  assert.deepEqual([report.watching, report.moreWatching, report.counts], [[], 0, null]);
  assert.deepEqual(report.notCovered[0], {
    mountPoint: 'entry /realtime/directories/entries/0',
    fileSystemType: '',
    why: 'missing',
    detail: null,
  });
  assert.equal(report.notCovered.length, 4);
});

test('an entry that no mount covers is listed, one that is too long is cut, and a reason in other words is told in those', () => {
  const warnings = [
    { code: 'targets.not_covered', path: 'x'.repeat(9_000), message: '' },
  ] as unknown as ReportFacts['warnings'];
  const configured = { ...FACTS.configured, notCovered: [mount('/a'), mount('/b', 'busy')] } as typeof FACTS.configured;
  const { notCovered, moreNotCovered } = reportOf({ ...FACTS, configured, warnings });
  const told = { fileSystemType: 'ext4', why: 'other' };
  assert.deepEqual(notCovered.slice(1), [
    { ...told, mountPoint: '/a', detail: null },
    { ...told, mountPoint: '/b', detail: 'busy' },
  ]);
  const [entry] = notCovered;
  assert.deepEqual(
    [entry?.why, entry?.mountPoint.length, moreNotCovered],
    ['listed', REALTIME_REPORT_LIMITS.mountPoint, 0],
  );
});

test('before a gate has said anything nothing is watched, and nothing is told as left out', () => {
  const { why, ...report } = reportOf({ ...FACTS, configured: null });
  assert.deepEqual(
    [why, report],
    [
      null,
      {
        detail: null,
        watching: [],
        moreWatching: 0,
        notCovered: [],
        moreNotCovered: 0,
        counts: reportOf(FACTS).counts,
      },
    ],
  );
});

test('the record stays small whatever is mounted: the rest is counted', () => {
  const long = 'x'.repeat(9_000);
  const many = Array.from({ length: 300 }, (_, index) => mount(`/${index}${long}`, `refused by the kernel: ${long}`));
  const configured = {
    type: 'configured' as const,
    generation: 1,
    watching: many,
    moreWatching: 5,
    notCovered: many,
    moreNotCovered: 9,
  };
  const stand = { state: 'degraded' as const, reason: long, why: 'notify-only' as const, detail: long };
  const report = realtimeReportSchema.parse(reportOf({ ...FACTS, stand, configured }));
  const { places } = REALTIME_REPORT_LIMITS;
  assert.equal(report.watching.length, places);
  assert.equal(report.moreWatching, 300 - places + 5);
  assert.equal(report.moreNotCovered, 300 - places + 9);
  assert.deepEqual([report.why, report.detail], ['notify-only', 'x'.repeat(REALTIME_REPORT_LIMITS.detail)]);
  assert.ok(JSON.stringify(report).length < 20 * 1024);
});
