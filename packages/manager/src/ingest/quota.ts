// SPDX-License-Identifier: Apache-2.0
// Limits how many events one VM may send: at first enough for a full spool, later no more than a busy machine has to report. A VM over its limit waits; nothing
// is lost but what drops out of its own spool. It owns the counters of this process, in memory.
import { LazaretError } from '@lazaret/core';

export interface Quota {
  readonly eventsMax: number;
  readonly eventsPerSecond: number;
  readonly bytesMax: number;
  readonly bytesPerSecond: number;
}

export const EVENT_QUOTA: Quota = {
  eventsMax: 250_000,
  eventsPerSecond: 20,
  bytesMax: 128 * 1024 * 1024,
  bytesPerSecond: 32 * 1024,
};

/** Lists of what a vault holds: as many at once as the largest vaults have to tell after a bad hour. */
export const LIST_QUOTA: Quota = {
  eventsMax: 200_000,
  eventsPerSecond: 100,
  bytesMax: 256 * 1024 * 1024,
  bytesPerSecond: 64 * 1024,
};

/** Check-ins. An agent polls twice a minute, and tells in between what has changed. */
export const CHECK_IN_QUOTA: Quota = {
  eventsMax: 600,
  eventsPerSecond: 2,
  bytesMax: 64 * 1024 * 1024,
  bytesPerSecond: 256 * 1024,
};

/** Starts of an agent that were not heard of lately. Each check-in may name another one, so they are counted together, by VM and by where they call from. */
export const START_QUOTA: Quota = { eventsMax: 120, eventsPerSecond: 0.5, bytesMax: 0, bytesPerSecond: 0 };

/** What is remembered of VMs that brought something lately. */
const REMEMBERED_MAX = 20_000;

export interface EventQuota {
  /** Throws `link.quota`; then nothing was taken. `of`: a VM, or one start of its agent. */
  take(of: string, events: number, bytes: number): void;
  /** Whether anything of it is remembered. */
  knows(of: string): boolean;
}

interface Left {
  readonly events: number;
  readonly bytes: number;
  readonly atMs: number;
}

export function eventQuota(nowMs: () => number, quota: Quota = EVENT_QUOTA): EventQuota {
  const known = new Map<string, Left>();
  const leftOf = (of: string): Left => {
    const atMs = nowMs();
    const before = known.get(of);
    if (before === undefined) return { events: quota.eventsMax, bytes: quota.bytesMax, atMs };
    const seconds = Math.max(0, atMs - before.atMs) / 1_000;
    const events = Math.min(quota.eventsMax, before.events + seconds * quota.eventsPerSecond);
    const bytes = Math.min(quota.bytesMax, before.bytes + seconds * quota.bytesPerSecond);
    return { events, bytes, atMs };
  };
  return {
    knows: (of) => known.has(of),
    take: (of, events, bytes) => {
      const left = leftOf(of);
      if (left.events < events || left.bytes < bytes)
        throw new LazaretError(
          'link.quota',
          'This VM has sent more events than one VM is allowed to. It can send the rest later.',
        );
      // The one that was asked of last goes last; the one that was quiet the longest is forgotten first.
      known.delete(of);
      known.set(of, { events: left.events - events, bytes: left.bytes - bytes, atMs: left.atMs });
      const [oldest] = known.keys();
      if (known.size > REMEMBERED_MAX && oldest !== undefined) known.delete(oldest);
    },
  };
}
