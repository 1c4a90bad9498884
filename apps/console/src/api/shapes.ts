// SPDX-License-Identifier: Apache-2.0
// Shapes of the manager's answers whose contract is still being written by its feature.
import type { Policy, Schedule } from '@lazaret/core';
import type { RestFault, Right, TenantRole } from '@lazaret/contract';

export interface PageShape<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total: number;
}

export interface Session {
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  readonly provider: boolean;
  readonly totp: boolean;
  readonly tenants: readonly {
    readonly id: string;
    readonly name: string;
    readonly role: TenantRole | null;
    readonly rights: readonly Right[];
  }[];
}

export interface Texts {
  readonly en: string;
  readonly ja: string;
}

export interface Notice {
  readonly id: string;
  readonly kind: 'planned' | 'urgent';
  readonly title: Texts;
  readonly body: Texts;
  readonly reason: Texts | null;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly endedAt: string | null;
}

export interface PolicyRow {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly hash: string;
  readonly updatedAt: string;
  readonly updatedBy: string | null;
  readonly vms: { readonly total: number; readonly applied: number };
}

export interface PolicyDetail extends PolicyRow {
  readonly document: Policy;
}

export interface PolicyRevision {
  readonly revision: number;
  readonly hash: string;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly document: Policy;
}

export interface PolicyCheckAnswer {
  readonly faults: readonly RestFault[];
  readonly notApplied: readonly RestFault[];
}

export interface NextRunsRequest {
  readonly schedule: Schedule;
  readonly for: 'scan' | 'update';
  readonly zone: string;
}
