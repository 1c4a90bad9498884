// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice } from '@lazaret/contract';
import { isCurrent, noticeText } from './notice-state.ts';

const notice = (fields: Partial<Notice>): Notice =>
  ({
    endsAt: null,
    endedAt: null,
    reason: null,
    title: { en: '', ja: '' },
    text: { en: '', ja: '' },
    ...fields,
  }) as Notice;

test('a planned notice is shown to its end; an urgent one until its end is told', () => {
  const [now, endsAt] = [Date.parse('2026-11-30T10:00:00Z'), '2026-11-30T10:00:00Z'];
  assert.deepEqual([isCurrent(notice({ endsAt }), now - 1), isCurrent(notice({ endsAt }), now)], [true, false]);
  assert.ok(isCurrent(notice({}), now));
  const endedAt = '2026-11-30T09:00:00Z';
  assert.deepEqual(
    [notice({ endedAt }), notice({ endedAt, endsAt })].map((one) => isCurrent(one, now - 1)),
    [false, false],
  );
});

test('a notice is read in the language of the page; the other one is better than nothing', () => {
  const both = notice({ title: { en: 'Works', ja: '工事' }, text: { en: 'We move', ja: '' }, reason: 'R' });
  assert.deepEqual(noticeText(both, 'en'), { title: 'Works', body: 'We move', reason: 'R' });
  assert.deepEqual(noticeText(both, 'ja'), { title: '工事', body: 'We move', reason: 'R' });
  const japanese = notice({ title: { en: '', ja: '工事' }, text: { en: '', ja: '移転' } });
  assert.deepEqual(noticeText(japanese, 'en'), { title: '工事', body: '移転', reason: null });
});
