// SPDX-License-Identifier: Apache-2.0
// The address holds the filter, sort and tab of a page: reload, Back and a link bring them again.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { dropEmpty, type Search } from './search.ts';

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
