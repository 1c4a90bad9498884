// SPDX-License-Identifier: Apache-2.0
// A value of a policy in the words and units of its editor; what has none stays as the document has it.
import { MEBIBYTE } from '@lazaret/core';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../i18n/format.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { hostileToText } from '../parts/text/hostile.ts';

const LENGTH_MAX = 400;

/** Editors show seconds and megabytes. */
const UNITS: Readonly<Record<string, number>> = {
  deadlineMs: 1_000,
  fileTimeMs: 1_000,
  memberBytesMax: MEBIBYTE,
  bytesMax: MEBIBYTE,
};

/** By the field and, where its own name does not tell, what it stands in. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'directories/kind': { all: 'scope.allDirectories', list: 'scope.directoryList' },
  'files/kind': { all: 'scope.allFiles', intelliscan: 'scope.intelliscan', extensions: 'scope.extensions' },
  'action/kind': { recommended: 'action.recommended', custom: 'action.custom' },
  'schedule/kind': {
    always: 'week.always',
    week: 'week.weekly',
    hourly: 'schedule.forms.hourly',
    daily: 'schedule.forms.daily',
    weekly: 'schedule.forms.weekly',
    monthly: 'schedule.forms.monthly',
  },
  onDeadline: { allow: 'policy.allow', deny: 'policy.deny' },
  onOverload: { allow: 'policy.allow', deny: 'policy.deny' },
  missed: { once: 'policy.missedOnce', skip: 'policy.missedSkip' },
};

/** Fields whose words are one part of the catalogue. */
const PARTS: Readonly<Record<string, string>> = {
  primary: 'actions',
  action: 'unscanned.actions',
  load: 'policy.loads',
  day: 'weekdays',
  days: 'weekdays',
  reasons: 'coverage.reasons',
};

function keyOf(pointer: string, value: string): string | null {
  const names = pointer.split('/').filter((name) => !/^\d+$/.test(name));
  const [parent = '', name = ''] = names.slice(-2);
  const key = (WORDS[`${parent}/${name}`] ?? WORDS[name])?.[value];
  if (key !== undefined) return key;
  const part = PARTS[name];
  return part === undefined ? null : `${part}.${value}`;
}

export function useValueText(): (pointer: string, value: unknown) => string {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  return (pointer, value) => {
    if (value === undefined || value === null) return '–';
    if (typeof value === 'boolean') return t(value ? 'diff.yes' : 'diff.no');
    if (typeof value === 'number') return formatCount(value / (UNITS[pointer.split('/').at(-1) ?? ''] ?? 1), language);
    const key = typeof value === 'string' ? keyOf(pointer, value) : null;
    if (key !== null && i18n.exists(key)) return t(key as never);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return hostileToText(text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text);
  };
}
