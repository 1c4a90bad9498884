// SPDX-License-Identifier: Apache-2.0
// The rules that the gate must use at this moment, from policy, VM and clock. It gathers the facts about the VM (targets of entries, expiry); core decides.
import { createHash } from 'node:crypto';
import { HOST_SYSTEM } from '@lazaret/host';
import type { Host } from '@lazaret/host/ports';
import type { GateConfiguration } from '@lazaret/contract';
import { compileGateRules, temporal, type CompiledGateRules, type ScanSettings } from '@lazaret/core';
import type { EngineProfile } from '../engine/index.ts';
import type { PolicyInForce } from '../policy/index.ts';
import { compileScope, profileOf, type Scope } from '../scan/index.ts';
import type { ReleaseTables } from '@lazaret/patterns';

export type PlanHost = Pick<Host, 'files' | 'machine' | 'mounts' | 'paths'>;

export interface PlanFacts {
  readonly host: PlanHost;
  readonly inForce: PolicyInForce;
  readonly tables: ReleaseTables;
  readonly patternRelease: string;
  readonly ownDirectories: readonly string[];
  readonly nowMs: number;
}

/** What decides the scope, compiled. */
export interface CompiledPlan {
  /** Equal for equal facts: nothing need be compiled again. */
  readonly key: string;
  readonly scope: Scope;
  readonly profile: EngineProfile;
  /** What is not as it was set: entries that lead nowhere, exceptions that rest. */
  readonly warnings: CompiledGateRules['warnings'];
  readonly configuration: Omit<GateConfiguration, 'type' | 'generation' | 'active' | 'profile'>;
  /** Ms since 1970: compile again then, an exception ends. */
  readonly expiresMs: number;
}

/** Cheap: asked every two seconds. An entry that appears or leads elsewhere gives another key (RT-2e, RT-2f), and so does a program that changed (EX-2e). */
export function planKey({
  host,
  inForce,
  patternRelease,
}: Pick<PlanFacts, 'host' | 'inForce' | 'patternRelease'>): string {
  const { realtime } = inForce.policy;
  return JSON.stringify([
    inForce.hash,
    patternRelease,
    targetsOf(realtime, host),
    programsOf(realtime, host),
    linksOf(realtime, host),
  ]);
}

function targetsOf({ directories }: ScanSettings, host: PlanHost): readonly unknown[] {
  if (directories.kind === 'all') return [];
  const mounts = host.mounts.table();
  return directories.entries.map(({ path }) => {
    const target = host.paths.realPath(path);
    return target === null ? null : [target.toString('base64'), mounts.classAt(target)];
  });
}

function programsOf({ exceptions }: ScanSettings, host: PlanHost): readonly unknown[] {
  return exceptions.flatMap(({ match }) => {
    if (!('process' in match)) return [];
    const place = host.files.placeOf(Buffer.from(match.process), { followLast: true });
    const user = match.user === undefined ? null : host.machine.userId(match.user);
    return [
      place.found ? [place.identity.device, place.identity.inode, place.identity.ctimeNs, user].map(String) : null,
    ];
  });
}

/** Where the places of exceptions lead, as far as they are named without a wildcard. */
function linksOf({ exceptions }: ScanSettings, host: PlanHost): readonly unknown[] {
  return exceptions.flatMap(({ match }) => {
    const place = 'directory' in match ? match.directory : 'file' in match ? match.file : null;
    const literal = place === null ? '' : (/^[^*?$]*(?=\/|$)/.exec(place)?.[0] ?? '');
    return literal === '' ? [] : [host.paths.linkOf(literal)];
  });
}

export function compilePlan(facts: PlanFacts, program: ReturnType<Host['processes']['programLookup']>): CompiledPlan {
  const { host, inForce, tables, patternRelease, ownDirectories, nowMs } = facts;
  const { realtime } = inForce.policy;
  const scope = compileScope({
    host,
    policy: inForce.policy,
    request: { origin: 'realtime', scope: { kind: 'policy' }, crossFileSystems: true },
    lists: tables.intelliScan,
    ownDirectories,
    nowMs,
  });
  const variables = host.paths.systemVariables();
  const { rules, typeRule, warnings, nextExpiry } = compileGateRules(realtime, {
    targets: scope.targetFacts,
    exceptions: {
      operatingSystem: HOST_SYSTEM,
      now: instantOf(nowMs),
      variables,
      everyoneCanWrite: (path) => host.paths.everyoneCanWrite(path),
      link: (path) => host.paths.linkOf(path),
      program,
      userId: (name) => host.machine.userId(name),
    },
    actions: tables.actions,
    kinds: tables.kinds,
  });
  const profile = profileOf(realtime.limits, typeRule);
  return {
    key: planKey(facts),
    scope,
    profile,
    warnings,
    configuration: {
      rules: { ...rules },
      deadlineMs: realtime.deadlineMs,
      onDeadline: realtime.onDeadline,
      onOverload: realtime.onOverload,
      answersDetections: true,
      verdicts: verdictsText(patternRelease, profile, rules),
    },
    expiresMs: nextExpiry?.epochMilliseconds ?? Infinity,
  };
}

/** RT-10, cache: a verdict holds for one release, one set of limits and one set of exceptions by content. */
function verdictsText(
  patternRelease: string,
  profile: EngineProfile,
  { exceptions, kinds, passKinds, unscanned }: CompiledGateRules['rules'],
): string {
  const { digests, threats } = exceptions;
  const about = JSON.stringify([profile, digests, threats, kinds, passKinds, unscanned]);
  return `${patternRelease} ${createHash('sha256').update(about).digest('hex')}`;
}

function instantOf(ms: number): Temporal.Instant {
  return temporal.Instant.fromEpochMilliseconds(Math.round(ms));
}
