// SPDX-License-Identifier: Apache-2.0
// Who is signed in, in which tenants, and what they may do there.
import { type Session, type TenantRight, whoHas } from '@lazaret/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ApiError, get } from './client.ts';

export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: () => get<Session>('/session'),
    retry: (count, error) => !(error instanceof ApiError && error.status === 401) && count < 2,
    staleTime: 60_000,
  });
}

export function useTenantId(): string {
  return useParams({ strict: false }).tenant ?? '';
}

/** The path of something of the tenant that the address names. */
export function useTenantPath(): (rest: string) => string {
  const tenant = useTenantId();
  return (rest) => `/tenants/${tenant}${rest}`;
}

export interface RightAnswer {
  readonly has: boolean;
  /** Roles that have it: a missing right names who can help. */
  readonly who: readonly string[];
}

export function useRight(right: TenantRight): RightAnswer {
  const tenant = useTenantId();
  const rights: readonly TenantRight[] = useSession().data?.tenants.find(({ id }) => id === tenant)?.rights ?? [];
  return { has: rights.includes(right), who: whoHas(right) };
}
