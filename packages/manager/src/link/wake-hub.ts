// SPDX-License-Identifier: Apache-2.0
// Who waits here for what: the long polls of this process, by VM. What happened at any manager comes by NOTIFY (triggers of migration 0023). Owns the
// waits; a wait that nobody wakes ends by its own time.
import type { Database } from '../database/index.ts';

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
/** A whole tenant is not woken in one instant. */
const SPREAD_MS = 2_000;

type Waiter = (woken: boolean) => void;

export async function openWakeHub(database: Database, random: () => number = Math.random): Promise<WakeHub> {
  const tenants = new Map<string, Map<string, Set<Waiter>>>();
  let count = 0;
  const wakeAll = (waiters: Iterable<Waiter>): void => {
    for (const waiter of waiters) setTimeout(() => waiter(true), count < 50 ? 0 : random() * SPREAD_MS);
  };
  const ofTenant = (tenantId: string): Waiter[] =>
    [...(tenants.get(tenantId)?.values() ?? [])].flatMap((waiters) => Array.from(waiters));
  const end = await database.listen(CHANNEL, (payload) => {
    // Some may have been missed: everybody looks again.
    const [tenantId, vmId] = payload?.split(' ') ?? ['*', '*'];
    if (tenantId === '*') wakeAll([...tenants.keys()].flatMap(ofTenant));
    else if (vmId === '*') wakeAll(ofTenant(tenantId ?? ''));
    else for (const waiter of tenants.get(tenantId ?? '')?.get(vmId ?? '') ?? []) waiter(true);
  });
  return {
    waiting: () => count,
    wait: (tenantId, vmId, ms, signal) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const vms = tenants.get(tenantId) ?? new Map<string, Set<Waiter>>();
      tenants.set(tenantId, vms);
      const waiters = vms.get(vmId) ?? new Set();
      vms.set(vmId, waiters);
      waiters.add(resolve);
      count += 1;
      const timer = setTimeout(() => resolve(false), ms);
      const abort = (): void => resolve(false);
      signal.addEventListener('abort', abort, { once: true });
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        if (!waiters.delete(resolve)) return;
        count -= 1;
        if (waiters.size === 0 && vms.get(vmId) === waiters) vms.delete(vmId);
        if (vms.size === 0 && tenants.get(tenantId) === vms) tenants.delete(tenantId);
      };
      return {
        woken: promise,
        end: () => {
          resolve(false);
          finish();
        },
      };
    },
    close: () => {
      end();
      for (const tenantId of tenants.keys()) for (const waiter of ofTenant(tenantId)) waiter(false);
    },
  };
}
