// SPDX-License-Identifier: Apache-2.0
import { same, type Survivor } from './survivor.ts';

const ALARMS = 'packages/core/src/alarms/alarms.ts';
const EXCEPTIONS = 'packages/core/src/exceptions/compile.ts';
const GLOB = 'packages/core/src/exceptions/glob.ts';
const UNSCANNED = 'packages/core/src/verdicts/unscanned.ts';
const SECRETS = 'packages/core/src/secrets/mask-secrets.ts';
const NO_ALARM = ['protected', 'starter-only', 'off-by-policy', 'off-by-schedule', 'unknown'] as const;

export const CORE: readonly Survivor[] = [
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
  ...same(
    'packages/core/src/actions/action-check.ts',
    'what is recommended names no action, which is not Deny either; the compiler wants it asked first',
    [
      "if (setting.kind === 'recommended' || setting.primary !== 'deny' || scanKind === 'realtime') return [];",
      'false',
    ],
    ["if (setting.kind === 'recommended' || setting.primary !== 'deny' || scanKind === 'realtime') return [];", '""'],
  ),
  ...same('packages/core/src/actions/action-plan.ts', 'the weakest may as well not be in the list', [
    "const STRENGTH: readonly Action[] = ['pass', 'deny', 'clean', 'delete', 'quarantine'];",
    '""',
  ]),
  ...same('packages/core/src/actions/action-plan.ts', 'null is no success either', [
    'const failed = !succeeded(outcome.primary) && (outcome.secondary === null || !succeeded(outcome.secondary));',
    'false',
  ]),
  ...same(
    'packages/core/src/verdicts/kinds.ts',
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
  ...same('packages/core/src/exceptions/check.ts', 'undefined as text has the form of an account', [
    '...(user === undefined || USER.test(user)',
    'false',
  ]),
  ...same(EXCEPTIONS, 'either text is no place', [
    "const value = Object.hasOwn(facts.variables, name) ? (facts.variables[name] ?? '') : '';",
    '"Stryker was here!"',
  ]),
  ...same(EXCEPTIONS, 'undefined is no instant either', [
    'const expiry = exception.expires === undefined ? null : parseInstant(exception.expires);',
    'false',
  ]),
  ...same(EXCEPTIONS, 'of two equal moments either is the earlier', [
    'return left !== null && left.epochMilliseconds <= right.epochMilliseconds ? left : right;',
    'left.epochMilliseconds < right.epochMilliseconds',
  ]),
  ...same(
    EXCEPTIONS,
    'a shortcut: what has no wildcard, or no rule at all, is answered the same the long way',
    ['if (glob.literal === null) rules.globs.push({ glob, hit });', 'true'],
    ['const anyFile = building.files.literal.size + building.files.globs.length > 0;', 'true'],
    [
      'const anyFile = building.files.literal.size + building.files.globs.length > 0;',
      'building.files.literal.size + building.files.globs.length >= 0',
    ],
    ['if (rules.literal.size > 0) {', 'true'],
    ['if (rules.literal.size > 0) {', 'rules.literal.size >= 0'],
    ['const index = building.extensions.length === 0 ? null : extensions.find(name);', 'false'],
    ['return index === null ? null : (building.extensions[index]?.hit ?? null);', 'false'],
  ),
  ...same(EXCEPTIONS, 'an index that was found is in the list', [
    'return index === null ? null : (building.extensions[index]?.hit ?? null);',
    'building.extensions[index].hit',
  ]),
  ...same(EXCEPTIONS, 'what is not exact reaches beneath', [
    "return rules.globs.find(({ glob }) => globMatches(glob, directory, 'self-or-beneath'))?.hit ?? null;",
    '""',
  ]),
  ...same(GLOB, 'the index is in the list', [
    "} else if (part !== undefined && nameMatches(part, names[index] ?? '')) {",
    '"Stryker was here!"',
  ]),
  ...same(
    GLOB,
    'several ** in a row take as many directories as one: fewer to try',
    ["if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);", 'true'],
    ["if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);", 'false'],
    ["if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);", '""'],
    ["if (!(parsed === '**' && names.at(-1) === '**')) names.push(parsed);", '+1'],
  ),
  ...same(
    GLOB,
    'an empty name has no parts, and falls out when it is expanded',
    ["return pattern.split('/').filter((name) => name !== '' && name !== '.');", 'true'],
    ["return pattern.split('/').filter((name) => name !== '' && name !== '.');", '"Stryker was here!"'],
  ),
  ...same(GLOB, 'any wildcard but `any` is `one`', [
    "if (text.startsWith('?')) return [{ wildcard: 'one' }, 1];",
    '""',
  ]),
  ...same(
    GLOB,
    'the letters of ** are wildcards to literalName too',
    ["const literals = expanded.map((name) => (name === '**' ? null : literalName(name)));", 'false'],
    ["const literals = expanded.map((name) => (name === '**' ? null : literalName(name)));", '""'],
  ),
  ...same(
    GLOB,
    'a path without wildcards is met by the glob too: the literal is the faster way',
    ['literal: literal === null ? null : place,', 'true'],
    ['return { names: expanded, literal: stop === -1 ? base : null, base };', 'false'],
  ),
  ...same(
    GLOB,
    'there is always a last name',
    ["names.at(-1)?.push(token.wildcard === 'any' ? '*' : '?');", 'names.at(-1).push'],
    ["if (piece !== '') names.at(-1)?.push([piece]);", 'names.at(-1).push'],
  ),
  ...same(
    GLOB,
    'nobody looks at the step of a *',
    ["const step = part === undefined || part === '*' ? -1 : partLength(part, name, index);", 'false'],
    ["const step = part === undefined || part === '*' ? -1 : partLength(part, name, index);", '""'],
  ),
  ...same(GLOB, 'no part is empty: a step is -1 or more than 0', ['} else if (step > 0) {', 'step >= 0']),
  ...same(GLOB, 'behind the end nothing matches any more', [
    '} else if (lastStar !== -1 && retryAt < name.length) {',
    'retryAt <= name.length',
  ]),
  ...same(GLOB, 'a literal letter by letter is the same literal', [
    'return Array.from(pattern.matchAll(/[*?]|[^*?]+/gu), ([piece]) =>',
    '/[*?]|[^*?]/gu',
  ]),
  ...same(
    'packages/core/src/targets/intelliscan.ts',
    'an extension begins with a dot and is found by its dot: other names in its list meet nothing',
    ["whole: new Set(names.filter((name) => !name.startsWith('.'))),", 'names'],
    ["extensions: new Set(names.filter((name) => name.startsWith('.'))),", 'names'],
    ["extensions: new Set(names.filter((name) => name.startsWith('.'))),", '""'],
    ["for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {", '""'],
  ),
  ...same('packages/core/src/text/paths.ts', 'what matched has its part, and undefined is no scheme', [
    'const scheme = /^([a-z0-9]+):/i.exec(path)?.[1]?.toLowerCase();',
    '/^([a-z0-9]+):/i.exec(path)?.[1].toLowerCase',
  ]),
  ...same('packages/core/src/text/paths.ts', 'undefined is no scheme', [
    '(scheme !== undefined && NETWORK_SCHEMES.has(scheme)) ||',
    'true',
  ]),
  ...same('packages/core/src/targets/check.ts', 'any system but Windows has paths from the root', [
    "const systems: readonly OperatingSystem[] = operatingSystem === undefined ? ['linux', 'windows'] : [operatingSystem];",
    '""',
  ]),
  ...same('packages/core/src/targets/compile.ts', 'of what does not exist nothing else is asked', [
    'const { exists, fileSystem } = facts.entries[index] ?? { exists: false, fileSystem: null };',
    '{}',
  ]),
  ...same(
    'packages/core/src/systems/supported.ts',
    'the list has one system',
    [
      'const known = SUPPORTED_SYSTEMS.some(',
      'SUPPORTED_SYSTEMS.every(one => one.id === id && one.version === version && one.architecture === architecture)',
    ],
    ["const names = SUPPORTED_SYSTEMS.map((one) => `${one.name} on ${one.architecture}`).join(', ');", '""'],
  ),
  ...same(
    'packages/core/src/policy/policy-defaults.ts',
    'all but real-time scan have the same limits',
    ["...scanSettings('scheduled'),", '""'],
    ["manual: { ...scanSettings('manual'), load: 'high' },", '""'],
  ),
  ...same('packages/core/src/text/path-text.ts', 'of either only the low byte is taken', [
    'if (isEscape(code)) bytes.push(code - ESCAPE_BASE);',
    'code + ESCAPE_BASE',
  ]),
  ...same('packages/core/src/text/case-fold.ts', 'behind the last character with case there is none to list', [
    'foldedCharacters ??= Array.from({ length: LAST_CASED - 0x7f }, (_, index) => String.fromCodePoint(index + 0x80))',
    'LAST_CASED + 0x7f',
  ]),
  ...same('packages/core/src/text/nearest.ts', 'either way case makes no difference', [
    "return word.toLowerCase().replaceAll(/[-_\\s]/g, '');",
    'word.toUpperCase()',
  ]),
  ...same('packages/core/src/text/nearest.ts', 'nothing is swapped in the first row', [
    'let before: readonly number[] = [];',
    '["Stryker was here"]',
  ]),
  ...same('packages/core/src/targets/file-systems.ts', 'either text is no place on a network', [
    "export function classifyFileSystem(type: string, source = ''): FileSystemClass {",
    '"Stryker was here!"',
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
  ...same(SECRETS, 'the list has as many as the words', [
    "return command.map(({ before, word, plain }, at) => before + (masked[at] === plain ? word : (masked[at] ?? '')));",
    '"Stryker was here!"',
  ]),
  ...same(SECRETS, 'one of the three matched', [
    "double === undefined ? (single ?? one ?? '') : double.replaceAll(/\\\\([\"\\\\$`])/g, '$1'),",
    '"Stryker was here!"',
  ]),
  ...same(
    SECRETS,
    'a text as a habit, as an option or as the word before is none that a program has',
    ['return maskWords(commandLine, DEPTH_MAX, []);', '["Stryker was here"]'],
    ['let command: Command = { habits, words: [] };', '["Stryker was here"]'],
    ["const masked = maskWord(word, words[index - 1] ?? '', command, depth);", '"Stryker was here!"'],
    [
      'const joined = habits.flatMap((habit) => habit.joined ?? []).find((option) => word.startsWith(option));',
      '["Stryker was here"]',
    ],
    ['const { command, valued = [] } = habit;', '["Stryker was here"]'],
    [
      "words.slice(from).filter((one, index, all) => !one.startsWith('-') && !valued.includes(all[index - 1] ?? '')).length",
      '"Stryker was here!"',
    ],
  ),
  ...same(
    SECRETS,
    'a bound for the time that a hostile line takes; a position that counts is far below it',
    ['else if (command.words.length < WORDS_MAX) command.words.push(word);', 'true'],
    ['else if (command.words.length < WORDS_MAX) command.words.push(word);', 'command.words.length <= WORDS_MAX'],
  ),
];
