// SPDX-License-Identifier: Apache-2.0
// Schedules as they come from outside, and the examples of docs/reference/schedules.md and policy.md, which must do what they say.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { defaultPolicy, SCAN_LIMIT_RANGES, SETTING_RANGES, valueAt } from '@lazaret/core';
import { checkSchedule, weekScheduleSchema } from './schedule-schema.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../../../docs/reference/${name}`, import.meta.url), 'utf8');

function faultsOf(input: unknown, purpose: 'scan' | 'update' = 'scan'): readonly string[] {
  const checked = checkSchedule(input, { purpose });
  return 'faults' in checked ? checked.faults.map(({ code, path }) => `${code} ${path}`) : [];
}

describe('checkSchedule', () => {
  it('every example of the document is taken, and every refused one has the code and place that it says', () => {
    const document = read('schedules.md');
    const examples = Array.from(document.matchAll(/```json\n([^`]+)```/g), (match) =>
      (match[1] ?? '').trim().split('\n'),
    );
    const schedules = examples.flat().map((line) => JSON.parse(line) as { kind: string });
    assert.ok(schedules.length >= 9);
    for (const schedule of schedules) {
      if (schedule.kind === 'always' || schedule.kind === 'week')
        assert.ok(weekScheduleSchema.safeParse(schedule).success);
      else assert.deepEqual(faultsOf(schedule, schedule.kind === 'hourly' ? 'update' : 'scan'), []);
    }
    const refused = Array.from(document.matchAll(/^\| `(\{.+\})` \| `([a-z_.]+)` \| `(.+)` \|$/gm));
    assert.equal(refused.length, 10);
    for (const [, text = '', code, path] of refused)
      assert.deepEqual(faultsOf(JSON.parse(text)), [`${code} ${path}`], text);
  });

  it('faults of shape and of rules come together, and an unknown field is one', () => {
    const input = { kind: 'weekly', at: '00:30', days: 'monday', zone: 7, everyWeeks: 99, color: 1 };
    assert.deepEqual(faultsOf(input).toSorted(undefined), [
      'schedule.invalid /color',
      'schedule.invalid /days',
      'schedule.invalid /zone',
    ]);
    const every = { kind: 'daily', at: '00:30', every: { days: 400, fromm: 'x' } };
    assert.deepEqual(faultsOf(every).toSorted(undefined), [
      'schedule.days /every/days',
      'schedule.from_required /every/from',
      'schedule.invalid /every/fromm',
      'schedule.start_window /at',
    ]);
  });

  it('what is no schedule at all is a fault, never an exception', () => {
    for (const input of [
      null,
      undefined,
      7,
      'daily',
      [],
      {},
      { kind: 'yearly' },
      { kind: 'daily' },
      { kind: 'monthly', at: '01:00', on: [] },
    ]) {
      assert.ok(faultsOf(input).length > 0, JSON.stringify(input));
    }
  });
});

describe('docs/reference/policy.md', () => {
  it('LM-6c: its numbers are the defaults and ranges of the code', () => {
    const rows = Array.from(read('policy.md').matchAll(/^\| (\/\S+) \| (\d+) \| (\d+) \| (\d+) \|$/gm));
    const documented = new Map(rows.map(([, pointer = '', ...numbers]) => [pointer, numbers.map(Number)]));
    const limits = Object.entries(SCAN_LIMIT_RANGES).flatMap(([name, range]) =>
      ['realtime', 'scheduled', 'manual'].map((kind) => [`/${kind}/limits/${name}`, range] as const),
    );
    const settings = [...limits, ...Object.entries(SETTING_RANGES)];
    assert.equal(documented.size, settings.length);
    for (const [pointer, { min, max }] of settings) {
      assert.deepEqual(documented.get(pointer), [valueAt(defaultPolicy, pointer), min, max], pointer);
    }
  });
});
