// SPDX-License-Identifier: Apache-2.0
import type { ExceptionMatch } from '@lazaret/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { hostileToText } from '../../parts/text/hostile.ts';
import { NARROWINGS, readMatch } from './exception-match.ts';

interface MatchWords {
  readonly what: string;
  readonly value: string;
}

/** One line for lists: what it matches by, and the value with whatever narrows it. */
export function useMatchWords(): (match: Readonly<Record<string, unknown>>) => MatchWords {
  const { t } = useTranslation();
  return useCallback(
    (match) => {
      const known = readMatch(match as unknown as ExceptionMatch);
      if (known === null) return { what: Object.keys(match).join(', '), value: hostileToText(JSON.stringify(match)) };
      const narrows = NARROWINGS.filter((field) => Object.hasOwn(known.narrowing, field)).map(
        (field) => `${t(`exceptions.narrowed.${field}`)}: ${hostileToText(known.narrowing[field] ?? '')}`,
      );
      return { what: t(`exceptions.kinds.${known.kind}`), value: [hostileToText(known.value), ...narrows].join(' · ') };
    },
    [t],
  );
}
