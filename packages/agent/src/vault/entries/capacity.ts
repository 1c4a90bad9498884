// SPDX-License-Identifier: Apache-2.0
// Who has to go when the vault is full (AC-8): only entries past their retention, the oldest first, and only when that is
// enough; otherwise nobody goes and quarantine fails. Pure.

export interface VaultLimits {
  readonly bytesMax: number;
  readonly retentionDays: number;
  readonly warnAtPercent: number;
}

export interface StoredEntry {
  readonly id: string;
  readonly bytes: number;
  /** Null: a damaged entry, whose age nobody knows. It stays until a person deletes it. */
  readonly takenAtMs: number | null;
}

export type RoomPlan =
  | { readonly fits: true; readonly remove: readonly string[] }
  | { readonly fits: false; readonly missingBytes: number };

const DAY_MS = 86_400_000;

export function planRoom(
  entries: readonly StoredEntry[],
  incomingBytes: number,
  limits: VaultLimits,
  nowMs: number,
): RoomPlan {
  let excess = totalBytes(entries) + incomingBytes - limits.bytesMax;
  const remove: string[] = [];
  for (const entry of expired(entries, limits, nowMs)) {
    if (excess <= 0) break;
    remove.push(entry.id);
    excess -= entry.bytes;
  }
  return excess <= 0 ? { fits: true, remove } : { fits: false, missingBytes: excess };
}

function expired(entries: readonly StoredEntry[], limits: VaultLimits, nowMs: number): readonly StoredEntry[] {
  const before = nowMs - limits.retentionDays * DAY_MS;
  return entries
    .filter((entry) => entry.takenAtMs !== null && entry.takenAtMs < before)
    .sort((left, right) => Number(left.takenAtMs) - Number(right.takenAtMs));
}

export function totalBytes(entries: readonly { readonly bytes: number }[]): number {
  return entries.reduce((sum, entry) => sum + entry.bytes, 0);
}

/** How full the vault is. `warning`: at or above `warnAtPercent` (80 by default). */
export interface VaultUsage {
  readonly bytes: number;
  readonly bytesMax: number;
  readonly percent: number;
  readonly warning: boolean;
}

/** Percent is rounded down, so that "full" is never said too early. */
export function usageOf(bytes: number, limits: VaultLimits): VaultUsage {
  const percent = limits.bytesMax === 0 ? 100 : Math.floor((bytes * 100) / limits.bytesMax);
  return { bytes, bytesMax: limits.bytesMax, percent, warning: percent >= limits.warnAtPercent };
}
