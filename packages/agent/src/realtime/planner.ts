// SPDX-License-Identifier: Apache-2.0
// Keeps the current plan of the gate. Every two seconds it checks whether anything that the plan depends on has changed, and then sends the new plan to the
// gate.
import type { GateConfiguration } from '@lazaret/contract';
import { compilePlan, planKey, type CompiledPlan, type PlanFacts } from './plan.ts';
import type { RealtimeParts } from './types.ts';
import { weekWatch, type Wish } from './state/week.ts';

export interface GatePlanner {
  /** Looks again; the configuration if it is another than the last, else null. Rejects with a code where none can be made. */
  next(): Promise<GateConfiguration | null>;
  current(): CompiledPlan | null;
  standing(): {
    readonly wish: Wish;
    readonly otherListener: string | null;
    /** The configuration from which on the gate has been asked to watch without a break: one that answered it watches. */
    readonly watchingFrom: number;
  };
  untilEdgeMs(): number;
  /** The path of the directory entry at a pointer of the policy. */
  readonly entryPath: (pointer: string) => string;
}

/** SY-5: every process is looked at; while one stands in the way it is looked for again sooner. */
const LISTENERS_MS = 3_600_000;
const REFUSED_LISTENERS_MS = 30_000;

export function gatePlanner(parts: RealtimeParts): GatePlanner {
  const { host, clock } = parts;
  const program = host.processes.programLookup();
  const week = weekWatch();
  let plan: CompiledPlan | null = null;
  let profile: { readonly text: string; readonly bytes: string } | null = null;
  let sent: { readonly plan: CompiledPlan; readonly active: boolean; readonly text: string } | null = null;
  let generation = 0;
  let watchingFrom = Infinity;
  let listeners: { readonly name: string | null; readonly atMs: number } | null = null;

  const facts = (): PlanFacts => ({
    host,
    inForce: parts.inForce(),
    tables: parts.tables(),
    patternRelease: parts.patternRelease(),
    ownDirectories: parts.ownDirectories,
    nowMs: clock.nowMs(),
  });
  const weekNow = (): ReturnType<typeof week.now> =>
    week.now({ inForce: parts.inForce(), nowMs: clock.nowMs(), zone: parts.zone() });
  const lookForListener = (): string | null => {
    const nowMs = clock.monotonicMs();
    const everyMs = listeners?.name == null ? LISTENERS_MS : REFUSED_LISTENERS_MS;
    if (listeners === null || nowMs - listeners.atMs >= everyMs) {
      listeners = { name: parts.otherListener(), atMs: nowMs };
    }
    return listeners.name;
  };
  const profileOf = async (compiled: CompiledPlan): Promise<string> => {
    const text = JSON.stringify(compiled.profile);
    if (profile?.text !== text) {
      profile = { text, bytes: (await parts.engine.profileBytes(compiled.profile)).toString('base64') };
    }
    return profile.bytes;
  };

  return {
    current: () => plan,
    standing: () => ({ wish: weekNow().wish, otherListener: listeners?.name ?? null, watchingFrom }),
    untilEdgeMs: () => weekNow().untilEdgeMs,
    entryPath: (pointer) => {
      const { directories } = parts.inForce().policy.realtime;
      const index = Number(pointer.slice(pointer.lastIndexOf('/') + 1));
      return directories.kind === 'list' ? (directories.entries[index]?.path ?? pointer) : pointer;
    },
    next: async () => {
      const now = facts();
      const active = weekNow().wish === 'on' && parts.supervisorPid !== null && lookForListener() === null;
      if (plan === null || now.nowMs >= plan.expiresMs || planKey(now) !== plan.key) plan = compilePlan(now, program);
      if (sent?.plan === plan && sent.active === active) return null;
      const wanted = { active, ...plan.configuration, profile: await profileOf(plan) };
      const text = JSON.stringify(wanted);
      const same = sent?.text === text;
      sent = { plan, active, text };
      if (same) return null;
      generation += 1;
      watchingFrom = active ? Math.min(watchingFrom, generation) : Infinity;
      return { type: 'configure', generation, ...wanted };
    },
  };
}
