// SPDX-License-Identifier: Apache-2.0
import { coverageHundredths } from '@lazaret/core';
import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRelative, formatTime } from './format.ts';

test('times as design/console.md 6 writes them, in the zone that is asked for', () => {
  expect(formatTime('2026-11-24T05:05:00Z', 'en', 'Asia/Tokyo')).toBe('24 Nov 2026, 14:05');
  expect(formatTime('2026-11-24T05:05:00Z', 'ja', 'Asia/Tokyo')).toBe('2026年11月24日 14:05');
  expect(formatTime('2026-03-29T00:30:00Z', 'en', 'Europe/Berlin')).toBe('29 Mar 2026, 01:30');
});

test('relative below 24 hours alone', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  expect(formatRelative('2026-11-24T11:57:00Z', now, 'ja')).toBe('3分前');
  expect(formatRelative('2026-11-24T11:57:00Z', now, 'en')).toBe('3 min ago');
  expect(formatRelative('2026-11-23T11:59:59Z', now, 'en')).toBeNull();
  expect(formatRelative('2026-11-24T12:00:20Z', now, 'en')).toBe('now');
  expect(formatRelative('2026-11-24T12:15:00Z', now, 'en')).toBe('in 15 min');
});

test('MB = 1,048,576 bytes; counts without 万; durations in two parts', () => {
  expect(formatBytes(1_048_576, 'en')).toBe('1 MB');
  expect(formatBytes(1_023, 'en')).toBe('1,023 B');
  expect(formatBytes(1_572_864, 'ja')).toBe('1.5 MB');
  expect(formatCount(12_345, 'ja')).toBe('12,345');
  expect(formatDuration(3_840_000, 'en')).toBe('1 h 4 min');
  expect(formatDuration(3_840_000, 'ja')).toBe('1時間4分');
  expect(formatDuration(400, 'en')).toBe('0 s');
  expect(formatDuration(86_400_000 + 5_000, 'en')).toBe('1 d');
});

test('LM: coverage rounds down, 99.996 % is never 100 %', () => {
  expect(formatPercent(coverageHundredths({ lookedAt: 99_996, all: 100_000 }), 'en')).toBe('99.99 %');
  expect(formatPercent(coverageHundredths({ lookedAt: 5, all: 5 }), 'en')).toBe('100 %');
  expect(formatPercent(coverageHundredths({ lookedAt: 0, all: 0 }), 'en')).toBe('–');
});
