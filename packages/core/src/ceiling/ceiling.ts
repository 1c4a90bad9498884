// SPDX-License-Identifier: Apache-2.0
// AC-14: what a VM lets its manager do, whoever speaks for it. Set on the VM alone. It decides about orders of a manager and about actions that a policy
// plans; what root does on the VM itself is free.
import { isProtectedPlace, type ProtectedFacts } from './protected-places.ts';

/** `standard`: fetch, and restore elsewhere, but not from or to protected places. `strict`: neither. */
export const CEILING_GRADES = ['standard', 'strict'] as const;
export type CeilingGrade = (typeof CEILING_GRADES)[number];

export interface Ceiling {
  readonly grade: CeilingGrade;
  readonly brake: BrakeLimits;
}

/** How many files may be taken away before a person on the VM must say that it is right. */
export interface BrakeLimits {
  readonly perHourMax: number;
  /** Of the files that one scan has looked at, from `shareFrom` on. */
  readonly sharePercentMax: number;
  readonly shareFrom: number;
}

export const defaultCeiling: Ceiling = {
  grade: 'standard',
  brake: { perHourMax: 1_000, sharePercentMax: 50, shareFrom: 100 },
};

export type CeilingRefusal =
  | { readonly code: 'ceiling.strict'; readonly why: string }
  | { readonly code: 'ceiling.protected_place'; readonly why: string };

/** Whether a manager may have the content of a held file. `paths`: every name that it had. Null: it may. */
export function refuseFetch(
  { grade }: Ceiling,
  paths: readonly string[],
  facts: ProtectedFacts,
): CeilingRefusal | null {
  if (grade === 'strict')
    return {
      code: 'ceiling.strict',
      why: 'The manager cannot download quarantined files from this VM. The local ceiling of the VM is strict.',
    };
  return protectedOf(paths, facts, 'comes from');
}

export interface RestoreOrder {
  /** Every name that the file had. */
  readonly paths: readonly string[];
  /** Null: at its old place, which is always allowed. */
  readonly to: string | null;
}

/** Whether a manager may have a held file put back elsewhere. One of a protected place stays there: elsewhere it could be held again, and be fetched then. */
export function refuseRestore(
  { grade }: Ceiling,
  { paths, to }: RestoreOrder,
  facts: ProtectedFacts,
): CeilingRefusal | null {
  if (to === null) return null;
  if (grade === 'strict')
    return {
      code: 'ceiling.strict',
      why: 'The manager can restore files on this VM only to their old path. The local ceiling of the VM is strict.',
    };
  return protectedOf([to], facts, 'would go to') ?? protectedOf(paths, facts, 'comes from');
}

function protectedOf(paths: readonly string[], facts: ProtectedFacts, verb: string): CeilingRefusal | null {
  const place = paths.find((path) => isProtectedPlace(path, facts));
  if (place === undefined) return null;
  return { code: 'ceiling.protected_place', why: `The file ${verb} ${place}, which is a protected place on this VM.` };
}

/** Why a file is to be taken away. */
export interface RemovalCause {
  readonly paths: readonly string[];
  /** A rule for what could not be looked at, or patterns of the tenant, and nothing else. */
  readonly byTenantAlone: boolean;
}

/** What a tenant alone says is bad is not taken from a protected place. Null: it may be. */
export function refuseRemoval({ paths, byTenantAlone }: RemovalCause, facts: ProtectedFacts): CeilingRefusal | null {
  return byTenantAlone ? protectedOf(paths, facts, 'is in') : null;
}

export interface RemovalCounts {
  readonly lastHour: number;
  readonly inRun: number;
  /** Files that this run has looked at; null where there is no run (real-time). */
  readonly lookedAt: number | null;
}

export type BrakeReason = 'per-hour' | 'share';

/** Why no further file is taken away, when one more would be; null: it may be. */
export function decideBrake({ brake }: Ceiling, { lastHour, inRun, lookedAt }: RemovalCounts): BrakeReason | null {
  if (lastHour >= brake.perHourMax) return 'per-hour';
  if (lookedAt === null || inRun < brake.shareFrom) return null;
  return inRun * 100 >= lookedAt * brake.sharePercentMax ? 'share' : null;
}
