// SPDX-License-Identifier: Apache-2.0
// Lists by pages: rows, how many there are, and the next page when the table nears its end. The same filter feeds rows, count and export.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { get } from './client.ts';
import type { Query } from './query.ts';

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total: number;
}

export interface ListOf<T, P extends PageOf<T>> {
  readonly rows: readonly T[];
  readonly total: number;
  /** The first page, where it says more than its rows. */
  readonly first: P | undefined;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly more: () => void;
  readonly isLoadingMore: boolean;
  readonly reload: () => void;
}

const PAGE_ROWS = 100;

/** `held`: rows do not move by themselves; `useNewRows` says how many wait. */
export function useList<T, P extends PageOf<T> = PageOf<T>>(
  resource: string,
  path: string,
  filter: Query,
  held = false,
): ListOf<T, P> {
  const query = useInfiniteQuery({
    queryKey: [resource, path, filter],
    queryFn: ({ pageParam, signal }) => get<P>(path, { ...filter, limit: PAGE_ROWS, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: P) => last.next ?? undefined,
    placeholderData: (before) => before,
    meta: { held },
  });
  const pages = query.data?.pages ?? [];
  return {
    rows: pages.flatMap((page) => page.items),
    total: pages.at(0)?.total ?? 0,
    first: pages.at(0),
    isLoading: query.isLoading,
    error: query.error,
    more: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    isLoadingMore: query.isFetchingNextPage,
    reload: () => void query.refetch(),
  };
}

/** How many rows a held list has behind it. */
export function useNewRows(resource: string, path: string, filter: Query, shown: number): number {
  const query = useQuery({
    queryKey: [resource, path, filter, 'count'],
    queryFn: ({ signal }) => get<PageOf<unknown>>(path, { ...filter, limit: 1 }, signal),
  });
  return Math.max(0, (query.data?.total ?? shown) - shown);
}

/** All rows of a filter, for an export. */
export async function readAll<T>(path: string, filter: Query): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page: PageOf<T> = await get<PageOf<T>>(path, { ...filter, limit: 500, cursor });
    rows.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

/** `againMs`: asked again so often, for what changes without a live event. */
export function useOne<T>(resource: string, path: string, query: Query = {}, enabled = true, againMs?: number) {
  return useQuery({
    queryKey: [resource, path, query],
    queryFn: ({ signal }) => get<T>(path, query, signal),
    enabled,
    refetchInterval: againMs ?? false,
  });
}

export function useForget(): (...resources: readonly string[]) => void {
  const client = useQueryClient();
  return (...resources) => {
    for (const resource of resources) void client.invalidateQueries({ queryKey: [resource] });
  };
}
