// SPDX-License-Identifier: Apache-2.0
// Scans files for which no program waits any more – let-through opens, and what a walk found – with real-time's limits, and reports the result. The caller owns
// the file.
import type { ScannerAnswer, Threat } from '@lazaret/contract';
import type { OpenFile } from '@lazaret/host/ports';
import { contentException, LazaretError, type ThreatKind, type UnscannedReason } from '@lazaret/core';
import type { EngineProfile } from '../engine/index.ts';
import { unscannedThreat, type PathText, type Scope } from '../scan/index.ts';
import type { RealtimeParts, ScanEnd } from './types.ts';

const DEADLINE_SLACK_MS = 5_000;

export interface ScanOrder {
  /** What rules by place are held against. */
  readonly path: PathText;
  readonly profile: EngineProfile;
  readonly scope: Scope;
  readonly nameListed: boolean;
  /** On whose behalf; absent: nobody's that is known. */
  readonly owner?: number;
  /** So long an answer may take, whatever the limits allow. */
  readonly withinMs?: number;
  readonly signal?: AbortSignal;
}

async function scanOpened(
  file: OpenFile,
  { path, profile, scope, nameListed, owner = 0, withinMs = Infinity, signal }: ScanOrder,
  { engine, tables }: Pick<RealtimeParts, 'engine' | 'tables'>,
): Promise<ScanEnd> {
  const deadlineMs = Math.min(profile.engineTimeMs + profile.walkTimeMs + DEADLINE_SLACK_MS, withinMs);
  try {
    const request = { profile, nameListed, scanClass: 'followUp', owner, deadlineMs, signal } as const;
    const answer = await engine.scan(file, request);
    return judge(answer, path, scope, tables().kindOf);
  } catch (error) {
    if (error instanceof LazaretError) return { kind: 'failed' };
    throw error;
  }
}

function judge(answer: ScannerAnswer, path: PathText, scope: Scope, kindOf: (name: string) => ThreatKind): ScanEnd {
  switch (answer.verdict) {
    case 'clean':
    case 'out-of-scope':
      return { kind: 'clean' };
    case 'partly': {
      const ruled = scope.ruleUnscanned(path, answer);
      if (ruled === null) return { kind: 'partly', reasons: reasonsOf(answer) };
      return { kind: 'infected', answer, threats: [unscannedThreat(ruled, answer)], ruled };
    }
    case 'infected':
      if (contentException(scope.exceptions, answer) !== null) return { kind: 'excepted' };
      return { kind: 'infected', answer, threats: threatsOf(answer, kindOf) };
  }
}

/** Each once. */
export function reasonsOf({ unscanned }: ScannerAnswer): readonly UnscannedReason[] {
  return [...new Set(unscanned.map(({ reason }) => reason))];
}

/** Closes the file when it rejects. */
export async function scanOrClose(
  file: OpenFile,
  order: ScanOrder,
  parts: Pick<RealtimeParts, 'engine' | 'tables'>,
): Promise<ScanEnd> {
  try {
    return await scanOpened(file, order, parts);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Kinds come from the release's prefix table. */
export function threatsOf(answer: ScannerAnswer, kindOf: (name: string) => ThreatKind): readonly Threat[] {
  return answer.threats.map(({ engine: _, ...threat }) => ({ ...threat, kind: kindOf(threat.name) }));
}
