// SPDX-License-Identifier: Apache-2.0
import { same, type Survivor } from './survivor.ts';

const FORMAT = 'apps/console/src/i18n/format.ts';
const FORMS = 'apps/console/src/schedule/forms.ts';
const WEEK = 'apps/console/src/schedule/week-minutes.ts';

export const CONSOLE: readonly Survivor[] = [
  ...same(FORMAT, 'the power is one of their places', [
    "return `${number.format(bytes / 1024 ** power)} ${units[power] ?? 'B'}`;",
    '""',
  ]),
  ...same(FORMAT, '0 is 0 either way', [
    'const seconds = away > 0 && away <= CLOCK_SLACK_SECONDS ? 0 : away;',
    'away >= 0',
  ]),
  ...same(FORMAT, 'this ICU has the same words for both in English; a browser may not', [
    "style: language === 'ja' ? 'narrow' : 'short',",
    'true',
  ]),
  ...same('apps/console/src/parts/text/hostile.ts', 'that character is a letter, and never escaped', [
    "if (code < 0x100) return `\\\\x${code.toString(16).padStart(2, '0')}`;",
    'code <= 0x100',
  ]),
  ...same('apps/console/src/policy/exceptions/exception-match.ts', 'by that field its kind was found', [
    "const { [kind]: value = '', ...narrowing } = Object.fromEntries(fields) as Record<string, string>;",
    '"Stryker was here!"',
  ]),
  ...same(FORMS, 'a week has seven days', [
    "return DAY_NAMES[new Date(`${date}T12:00:00Z`).getUTCDay()] ?? 'monday';",
    '""',
  ]),
  ...same(
    FORMS,
    'for the types: what is hourly has no zone',
    ["const zone = schedule.kind === 'hourly' || schedule.zone === undefined ? {} : { zone: schedule.zone };", 'false'],
    ["const zone = schedule.kind === 'hourly' || schedule.zone === undefined ? {} : { zone: schedule.zone };", '""'],
  ),
  ...same(WEEK, 'a range that ends where it begins was left out before', [
    'const length = end > start ? end - start : end + DAY - start;',
    'end >= start',
  ]),
  ...same(WEEK, 'for the types: nothing ends before what is no time', [
    'return start !== null && end !== null && end < start;',
    'true',
  ]),
];
