// SPDX-License-Identifier: Apache-2.0
// The long polls that wait in this process, by VM. Changes made at any manager arrive by NOTIFY (triggers of migration 0023). It owns the waits; a wait that
// nobody wakes ends after its own time.
import type { Database } from '../../database/index.ts';

export interface WakeHub {
  /** Resolves true when something may have changed for the VM, false after `ms` or when `signal` aborts. */
  wait(tenantId: string, vmId: string, ms: number, signal: AbortSignal): Wait;
  waiting(): number;
  close(): void;
}

export interface Wait {
  readonly woken: Promise<boolean>;
  end(): void;
}

const CHANNEL = 'lazaret_vm';
/** A whole tenant is not woken in one instant, but for a small one. */
const SPREAD_MS = 2_000;
const SPREAD_FROM = 50;

type Waiter = (woken: boolean) => void;

export async function openWakeHub(
  database: Pick<Database, 'listen'>,
  random: () => number = Math.random,
): Promise<WakeHub> {
  /** By `TENANT VM`, as NOTIFY names it. */
  const waiters = new Map<string, Set<Waiter>>();
  let count = 0;
  const ofTenant = (prefix: string): Waiter[] =>
    Array.from(waiters).flatMap(([key, some]) => (key.startsWith(prefix) ? Array.from(some) : []));
  const wakeAll = (prefix: string): void => {
    const woken = ofTenant(prefix);
    for (const waiter of woken) setTimeout(waiter, woken.length < SPREAD_FROM ? 0 : random() * SPREAD_MS, true);
  };
  const end = await database.listen(CHANNEL, (payload) => {
    // Some may have been missed: everybody looks again.
    if (payload === null) wakeAll('');
    else if (payload.endsWith(' *')) wakeAll(payload.slice(0, -1));
    else for (const waiter of waiters.get(payload) ?? []) waiter(true);
  });
  return {
    waiting: () => count,
    wait: (tenantId, vmId, ms, signal) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const key = `${tenantId} ${vmId}`;
      const ofVm = waiters.get(key) ?? new Set();
      waiters.set(key, ofVm.add(resolve));
      count += 1;
      const leave = (): void => resolve(false);
      const timer = setTimeout(leave, ms);
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave);
      return {
        woken: promise,
        end: () => {
          leave();
          clearTimeout(timer);
          signal.removeEventListener('abort', leave);
          if (!ofVm.delete(resolve)) return;
          count -= 1;
          if (ofVm.size === 0) waiters.delete(key);
        },
      };
    },
    close: () => {
      end();
      for (const waiter of ofTenant('')) waiter(false);
    },
  };
}
