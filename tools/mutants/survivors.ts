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
  ...same('packages/core/src/ceiling/protected-places.ts', 'all but Windows is canonical in the same way', [
    "const place = canonicalPath(path, 'linux');",
    '""',
  ]),
];
