// SPDX-License-Identifier: Apache-2.0
// Knocks at VMs that do not check in although something waits for them (SY-7): the agent pauses between two tries, or its long poll ended unnoticed. It owns
// the list of what was noticed and the knocks in progress, all in the background, after the person who gave the order has been answered. Waking a long poll
// belongs to wake-hub.ts. A lost knock costs only time, because the agent checks in by itself within a minute.
import { LazaretError } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import type { Database } from '../../database/index.ts';
import { claimSilentVms, type Notice } from './claim-silent-vms.ts';
import type { KnockTarget } from './knock.ts';

export interface KnockingParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void; debug(fields: object, message: string): void };
  /** True when the agent let itself be knocked at. */
  readonly knock: (target: KnockTarget, signal: AbortSignal) => Promise<boolean>;
}

export interface Knocking {
  /** Ends all knocks, also those under way. */
  close(): Promise<void>;
}

const CHANNEL = 'lazaret_vm';
/** A VM that holds a long poll has fetched its command by then, and called again. */
const GRACE_MS = 2_000;
/** … and a whole tenant, which is not woken in one instant (wake-hub.ts), by then. */
const TENANT_GRACE_MS = 5_000;
const TICK_MS = 500;
const NOTICES_MAX = 5_000;
const AT_ONCE = 8;
const WAITING_MAX = 1_000;
const WHOLE_TENANT = '*';

export async function keepKnocking({ database, clock, log, knock }: KnockingParts): Promise<Knocking> {
  const ended = new AbortController();
  const noticed = new Map<string, Map<string, number>>();
  const waiting: KnockTarget[] = [];
  const underWay = new Set<Promise<void>>();
  let rounds: Promise<void> | null = null;

  const notice = (tenantId: string, vmId: string): void => {
    const vms = noticed.get(tenantId) ?? new Map<string, number>();
    noticed.set(tenantId, vms);
    vms.set(vms.size < NOTICES_MAX ? vmId : WHOLE_TENANT, clock.nowMs());
    rounds ??= goRounds().finally(() => (rounds = null));
  };
  const goRounds = async (): Promise<void> => {
    while (noticed.size > 0 && !ended.signal.aborted) {
      await clock.sleep(TICK_MS, ended.signal);
      if (ended.signal.aborted) return;
      for (const tenantId of noticed.keys()) await look(tenantId);
    }
  };
  const look = async (tenantId: string): Promise<void> => {
    const notices = takeRipe(noticed, tenantId, clock.nowMs());
    if (notices.length === 0) return;
    try {
      const now = new Date(clock.nowMs());
      const silent = await database.asTenant(tenantId, (tx) => claimSilentVms(tx, tenantId, notices, now));
      const room = WAITING_MAX - waiting.length;
      if (silent.length > room)
        log.warn(
          { tenantId, left: silent.length - room },
          'there are too many silent VMs to contact now; some are left out',
        );
      waiting.push(...silent.slice(0, room));
      while (underWay.size < AT_ONCE && waiting.length > 0) begin();
    } catch (error) {
      // A database that is away: the agents find it back by themselves.
      const code = error instanceof LazaretError ? error.code : 'agent.internal';
      log.warn({ tenantId, code, err: error }, 'the silent VMs of a tenant were not contacted this time');
    }
  };
  const begin = (): void => {
    const work = (async () => {
      for (let target = waiting.shift(); target !== undefined && !ended.signal.aborted; target = waiting.shift()) {
        const heard = await knock(target, ended.signal).catch(() => false);
        log.debug({ vmId: target.vmId, heard }, 'knocked');
      }
    })();
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };

  const end = await database.listen(CHANNEL, (payload) => {
    // Null: notices may have been missed. Then this database was away, and every agent is about to call.
    const [tenantId, vmId] = payload?.split(' ') ?? [];
    if (tenantId !== undefined && vmId !== undefined) notice(tenantId, vmId);
  });
  return {
    close: async () => {
      end();
      ended.abort();
      await rounds;
      await Promise.all(underWay);
    },
  };
}

/** Takes those that are old enough to be looked at. */
function takeRipe(noticed: Map<string, Map<string, number>>, tenantId: string, nowMs: number): Notice[] {
  const vms = noticed.get(tenantId) ?? new Map<string, number>();
  const ripe: Notice[] = [];
  for (const [vmId, sinceMs] of vms) {
    const graceMs = vmId === WHOLE_TENANT ? TENANT_GRACE_MS : GRACE_MS;
    if (nowMs - sinceMs < graceMs) continue;
    vms.delete(vmId);
    ripe.push({ vmId: vmId === WHOLE_TENANT ? null : vmId, since: new Date(sinceMs) });
  }
  if (vms.size === 0) noticed.delete(tenantId);
  return ripe;
}
