// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageHundredths } from '@lazaret/core';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRelative, formatTime } from './format.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

test('times as design/console.md 6 writes them, in the zone that is asked for', () => {
  assert.equal(formatTime('2026-11-24T05:05:00Z', 'en', 'Asia/Tokyo'), '24 Nov 2026, 14:05');
  assert.equal(formatTime('2026-11-24T05:05:00Z', 'ja', 'Asia/Tokyo'), '2026年11月24日 14:05');
  assert.equal(formatTime('2026-03-29T00:30:00Z', 'en', 'Europe/Berlin'), '29 Mar 2026, 01:30');
  assert.equal(formatTime('2026-11-04T15:05:09Z', 'en', 'UTC', true), '4 Nov 2026, 15:05:09');
  assert.equal(formatTime('2026-11-04T00:00:00Z', 'en', 'UTC'), '4 Nov 2026, 00:00', 'never 24:00');
  assert.equal(formatTime('2026-11-04T15:00:00Z', 'ja', 'UTC'), '2026年11月4日 15:00', 'never 3 pm');
});

test('without a zone a time is shown in that of the viewer', () => {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const iso = '2026-11-24T05:05:00Z';
  assert.equal(formatTime(iso, 'en'), formatTime(iso, 'en', timeZone));
});

test('relative below 24 hours alone, in whole parts that have passed', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  const at = (awayMs: number, language: 'en' | 'ja' = 'en') =>
    formatRelative(new Date(now + awayMs).toISOString(), now, language);
  assert.deepEqual([at(-3 * MINUTE, 'ja'), at(-3 * MINUTE)], ['3分前', '3 min ago']);
  assert.deepEqual([at(-DAY - SECOND), at(-DAY), at(DAY)], [null, null, null]);
  assert.deepEqual([at(-DAY + SECOND), at(DAY - SECOND)], ['23 hr ago', 'in 23 hr']);
  assert.deepEqual(
    [at(0), at(-SECOND), at(-59 * SECOND), at(-MINUTE)],
    ['now', '1 sec ago', '59 sec ago', '1 min ago'],
  );
  assert.deepEqual([at(-HOUR + SECOND), at(-HOUR), at(-2 * HOUR + SECOND)], ['59 min ago', '1 hr ago', '1 hr ago']);
  assert.equal(at(15 * MINUTE), 'in 15 min');
});

test('what just happened is not in the future: two machines’ clocks differ by up to a minute', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  const at = (seconds: number) => formatRelative(new Date(now + seconds * SECOND).toISOString(), now, 'en');
  assert.deepEqual([at(1), at(60), at(61)], ['now', 'now', 'in 1 min']);
});

test('MB = 1,048,576 bytes: in the largest unit that leaves a whole part, with one digit behind it', () => {
  const shown = [0, 1_023, 1_024, 1_536, 1_048_000, 1_048_576, 2 ** 30, 2 ** 40, 2 ** 50, 2 ** 60].map((bytes) =>
    formatBytes(bytes, 'en'),
  );
  assert.deepEqual(shown, [
    '0 B',
    '1,023 B',
    '1 KB',
    '1.5 KB',
    '1,023.4 KB',
    '1 MB',
    '1 GB',
    '1 TB',
    '1 PB',
    '1,024 PB',
  ]);
  assert.equal(formatBytes(1_572_864, 'ja'), '1.5 MB');
  assert.equal(formatBytes(1.5, 'en'), '2 B', 'bytes are whole');
});

test('counts are in threes, without 万', () => {
  assert.deepEqual([formatCount(12_345, 'ja'), formatCount(12_345, 'en')], ['12,345', '12,345']);
});

test('a duration is its two largest parts, where they stand beside each other', () => {
  const shown = (milliseconds: number): string => formatDuration(milliseconds, 'en');
  assert.deepEqual([shown(3_840_000), formatDuration(3_840_000, 'ja')], ['1 h 4 min', '1時間4分']);
  assert.deepEqual([shown(0), shown(400), shown(999), shown(-5_000)], ['0 s', '0 s', '0 s', '0 s']);
  assert.deepEqual([shown(1_000), shown(61_999), shown(MINUTE), shown(HOUR)], ['1 s', '1 min 1 s', '1 min', '1 h']);
  assert.deepEqual([shown(DAY + 5_000), shown(DAY + HOUR + MINUTE)], ['1 d', '1 d 1 h']);
  assert.deepEqual([shown(HOUR + 5_000), shown(2 * DAY + 3 * HOUR)], ['1 h', '2 d 3 h']);
  assert.deepEqual([formatDuration(0, 'ja'), formatDuration(DAY + HOUR, 'ja')], ['0秒', '1日1時間']);
  assert.deepEqual([formatDuration(65_000, 'ja')], ['1分5秒']);
});

test('LM: coverage rounds down, 99.996 % is never 100 %', () => {
  assert.equal(formatPercent(coverageHundredths({ lookedAt: 99_996, all: 100_000 }), 'en'), '99.99 %');
  assert.equal(formatPercent(coverageHundredths({ lookedAt: 5, all: 5 }), 'en'), '100 %');
  assert.equal(formatPercent(coverageHundredths({ lookedAt: 0, all: 0 }), 'en'), '–');
  assert.deepEqual([formatPercent(0, 'en'), formatPercent(5_050, 'ja')], ['0.00 %', '50.50 %']);
});
