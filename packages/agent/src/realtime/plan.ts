// SPDX-License-Identifier: Apache-2.0
// What real-time is to do at this moment, from policy, VM and clock: whether it is on, why not, and what the gate is to decide by. Gathers the facts of
// the VM (entries' targets, expiry); decisions are core's.
import { createHash } from 'node:crypto';
import type { GateConfiguration } from '@lazaret/contract';
import { compileGateRules, isWithin, nextEdge, temporal, type TargetWarning } from '@lazaret/core';
import type { EngineProfile } from '../engine/index.ts';
import type { PolicyInForce } from '../policy/index.ts';
import { compileScope, profileOf, readMountTable, realPath, type Scope } from '../scan/index.ts';
import type { ReleaseTables } from '../update/index.ts';

export interface PlanFacts {
  readonly inForce: PolicyInForce;
  readonly tables: ReleaseTables;
  readonly patternRelease: string;
  readonly ownDirectories: readonly string[];
  readonly nowMs: number;
  readonly zone: string;
}

/** Off, and why – or on. */
export type Wish = 'on' | 'off' | 'off-by-schedule';

/** RT-4: by the policy's switch and its week. */
export function wishAt({ inForce, nowMs, zone }: Pick<PlanFacts, 'inForce' | 'nowMs' | 'zone'>): Wish {
  const { enabled, schedule } = inForce.policy.realtime;
  if (!enabled) return 'off';
  return isWithin(schedule, instantOf(nowMs), zone) ? 'on' : 'off-by-schedule';
}

/** Ms until the week's next edge; Infinity where none comes. */
export function untilEdgeMs({ inForce, nowMs, zone }: Pick<PlanFacts, 'inForce' | 'nowMs' | 'zone'>): number {
  const edge = nextEdge(inForce.policy.realtime.schedule, instantOf(nowMs), zone);
  return edge === null ? Infinity : edge.at.epochMilliseconds - nowMs;
}

/** What decides the scope, compiled. */
export interface CompiledPlan {
  /** Equal for equal facts: nothing need be compiled again. */
  readonly key: string;
  readonly scope: Scope;
  readonly profile: EngineProfile;
  readonly warnings: readonly TargetWarning[];
  readonly configuration: Omit<GateConfiguration, 'type' | 'generation' | 'active' | 'profile'>;
  /** Ms since 1970: compile again then, an exception ends. */
  readonly expiresMs: number;
}

/** Cheap: asked each second. An entry that appears, or leads elsewhere, gives another key (RT-2e, RT-2f). */
export function planKey(facts: PlanFacts): string {
  const { directories } = facts.inForce.policy.realtime;
  if (directories.kind === 'all') return `${facts.inForce.hash} ${facts.patternRelease}`;
  const mounts = readMountTable();
  const targets = directories.entries.map(({ path }) => {
    const target = realPath(path);
    return target === null ? null : [target.toString('base64'), mounts.classAt(target)];
  });
  return `${facts.inForce.hash} ${facts.patternRelease} ${JSON.stringify(targets)}`;
}

export function compilePlan(facts: PlanFacts): CompiledPlan {
  const { inForce, tables, patternRelease, ownDirectories, nowMs } = facts;
  const { realtime } = inForce.policy;
  const scope = compileScope({
    policy: inForce.policy,
    request: { origin: 'realtime', scope: { kind: 'policy' }, crossFileSystems: true },
    lists: tables.intelliScan,
    ownDirectories,
    nowMs,
  });
  const rules = compileGateRules(realtime, {
    targets: scope.targetFacts,
    exceptions: scope.exceptionFacts,
    kinds: tables.kinds,
    actions: tables.actions,
  });
  const profile = profileOf(realtime.limits, scope.targets.typeRule);
  return {
    key: planKey(facts),
    scope,
    profile,
    warnings: scope.targets.warnings,
    configuration: {
      rules,
      deadlineMs: realtime.deadlineMs,
      onDeadline: realtime.onDeadline,
      verdicts: verdictsText(patternRelease, profile, rules),
    },
    expiresMs: scope.exceptions.nextExpiry?.epochMilliseconds ?? Infinity,
  };
}

/** RT-10, cache: a verdict holds for one release, one set of limits and one set of exceptions by content. */
function verdictsText(patternRelease: string, profile: EngineProfile, rules: ReturnType<typeof compileGateRules>): string {
  const { digests, threats } = rules.exceptions;
  const about = JSON.stringify([profile, digests, threats, rules.kinds, rules.passKinds]);
  return `${patternRelease} ${createHash('sha256').update(about).digest('hex')}`;
}

function instantOf(ms: number): Temporal.Instant {
  return temporal.Instant.fromEpochMilliseconds(Math.round(ms));
}
