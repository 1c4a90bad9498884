// SPDX-License-Identifier: Apache-2.0
// Mutants that no test sees and none has to, each with why. `was` is the line as it stands, `becomes` what stands in place of its changed part, as
// `npm run mutants` prints them.

export interface Survivor {
  readonly file: string;
  readonly was: string;
  readonly becomes: string;
  readonly why: string;
}

const same = (file: string, why: string, ...pairs: readonly (readonly [was: string, becomes: string])[]): Survivor[] =>
  pairs.map(([was, becomes]) => ({ file, was, becomes, why }));

const ALARMS = 'packages/core/src/alarms/alarms.ts';
const UNSCANNED = 'packages/core/src/unscanned.ts';
const NO_ALARM = ['protected', 'starter-only', 'off-by-policy', 'off-by-schedule', 'unknown'] as const;

export const SURVIVORS: readonly Survivor[] = [
  ...same(
    ALARMS,
    'these states return null, and what falls out of the switch is none either; the compiler wants each named',
    ...NO_ALARM.map((state) => [`case '${state}':`, '""'] as const),
    ["case 'unknown':", "case 'unknown':"],
  ),
  ...same(ALARMS, 'the list is not empty there', [
    "if (vm.notApplied.length > 0) return alarm('policy-not-applied', 'watch', { path: vm.notApplied[0] ?? '' });",
    '"Stryker was here!"',
  ]),
  ...same(ALARMS, 'null counts as 0, which is no offset', [
    'clockOffsetMs === null || Math.abs(clockOffsetMs) <= clockOffMs',
    'false',
  ]),
  ...same('packages/core/src/action-plan.ts', 'the weakest may as well not be in the list', [
    "const STRENGTH: readonly Action[] = ['pass', 'deny', 'clean', 'delete', 'quarantine'];",
    '""',
  ]),
  ...same('packages/core/src/action-plan.ts', 'null is no success either', [
    'const failed = !succeeded(outcome.primary) && (outcome.secondary === null || !succeeded(outcome.secondary));',
    'false',
  ]),
  ...same(
    'packages/core/src/kinds.ts',
    'nothing repeated matches every text, at its begin',
    ['const openParts = /^(\\*\\.)*/.exec(prefix)?.[0].length ?? 0;', '/^(\\*\\.)*/.exec(prefix)[0]'],
    ['const openParts = /^(\\*\\.)*/.exec(prefix)?.[0].length ?? 0;', '/(\\*\\.)*/'],
  ),
  ...same(
    UNSCANNED,
    'what is allowed is never stronger than nothing, and ends as nothing does',
    ["if (rule === undefined || strength(rule.action) <= strength(strongest?.action ?? 'allow')) continue;", '""'],
    ["if (strongest === null || strongest.action === 'allow') return null;", 'false'],
    ["if (strongest === null || strongest.action === 'allow') return null;", '""'],
  ),
  ...same(UNSCANNED, 'without rules there is no decision: a shortcut for every file', [
    'if (rules.length === 0) return null;',
    'false',
  ]),
  ...same(UNSCANNED, 'all but Windows is canonical in the same way', [
    "...(directory === undefined ? {} : { directory: canonicalPath(directory, 'linux') }),",
    '""',
  ]),
  ...same(
    'packages/core/src/schedule/dates.ts',
    'a word has no start date, and without one each day is meant',
    ["if (every === 'day') return date;", 'false'],
    ["if (every === 'day') return date;", '""'],
  ),
  ...same(
    'packages/core/src/schedule/dates.ts',
    'at the start date itself both sides are that date',
    [
      'return elapsed <= 0 ? start : date.add({ days: (every.days - (elapsed % every.days)) % every.days });',
      'elapsed < 0',
    ],
    ['const from = start !== null && daysBetween(date, start) > 0 ? start : date;', 'daysBetween(date, start) >= 0'],
  ),
  ...same('packages/core/src/schedule/week.ts', 'in the loop there is a last one', [
    'if (isBefore(after, to) && to !== last?.to) return { at: to, within: false };',
    'last.to',
  ]),
  ...same(
    'packages/core/src/schedule/week.ts',
    'where 24:00 is not read it counts as 0, which ends at the same midnight',
    ['const to = parseTimeOfDay(range.to, { midnightAsEnd: true }) ?? 0;', '{}'],
    ['const to = parseTimeOfDay(range.to, { midnightAsEnd: true }) ?? 0;', 'false'],
  ),
  ...same('packages/core/src/schedule/week.ts', 'an empty range is refused before (findWeekScheduleFaults)', [
    'const endDay = to <= from ? day.add({ days: 1 }) : day;',
    'to < from',
  ]),
  ...same('packages/core/src/ceiling/protected-places.ts', 'all but Windows is canonical in the same way', [
    "const place = canonicalPath(path, 'linux');",
    '""',
  ]),
];
