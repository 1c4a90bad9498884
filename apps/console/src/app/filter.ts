// SPDX-License-Identifier: Apache-2.0
// The address holds the filter, sort and tab of a page: reload, Back and a link bring them again.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Search = Readonly<Record<string, string>>;

/** Only texts, and of a length that can be a filter. */
export function parseSearch(search: Record<string, unknown>): Search {
  const entries = Object.entries(search).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, String(value).slice(0, 512)]]
      : [],
  );
  return Object.fromEntries(entries);
}

export function useFilter(): readonly [Search, (change: Readonly<Record<string, string | undefined>>) => void] {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (next: Readonly<Record<string, string | undefined>>) => {
      void navigate({
        to: '.',
        replace: true,
        resetScroll: false,
        search: (before: unknown) => dropEmpty({ ...(before as Search), ...next }),
      } as never);
    },
    [navigate],
  );
  return [search, change];
}

function dropEmpty(search: Readonly<Record<string, string | undefined>>): Search {
  return Object.fromEntries(
    Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}
