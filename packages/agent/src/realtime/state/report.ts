// SPDX-License-Identifier: Apache-2.0
// What a check-in reports about real-time, reduced to one small record. Pure.
import {
  REALTIME_REPORT_LIMITS,
  type GateMount,
  type GateStats,
  type NotCoveredWhy,
  type RealtimeReport,
} from '@lazaret/contract';
import type { CompiledGateRules } from '@lazaret/core';
import { displayOf } from '@lazaret/host';
import type { Configured } from '@lazaret/host/ports';
import type { RealtimeStand } from './state-of.ts';

export interface ReportFacts {
  readonly stand: RealtimeStand;
  readonly isWatching: boolean;
  readonly configured: Configured | null;
  readonly warnings: CompiledGateRules['warnings'];
  readonly entryPath: (pointer: string) => string;
  readonly stats: GateStats | null;
  /** Accesses that this gate told as refused. */
  readonly refused: number;
}

type Uncovered = RealtimeReport['notCovered'][number];

export function reportOf(facts: ReportFacts): RealtimeReport {
  const { stand, configured, isWatching, stats, refused } = facts;
  const watching = isWatching && configured !== null ? configured.watching.map(placeOf) : [];
  const notCovered = [...uncoveredEntries(facts), ...(configured?.notCovered.map(uncoveredMount) ?? [])];
  const { places } = REALTIME_REPORT_LIMITS;
  return {
    why: stand.why,
    detail: stand.detail === null ? null : cut(stand.detail),
    watching: watching.slice(0, places),
    moreWatching: Math.max(0, watching.length - places) + (isWatching ? (configured?.moreWatching ?? 0) : 0),
    notCovered: notCovered.slice(0, places),
    moreNotCovered: Math.max(0, notCovered.length - places) + (configured?.moreNotCovered ?? 0),
    counts: stats === null ? null : countsOf(stats, refused),
  };
}

function countsOf(stats: GateStats, refused: number): NonNullable<RealtimeReport['counts']> {
  const { opens, cacheHits, ignoreMarks, misses, detections, overload, waiting } = stats;
  const letThrough = Object.values(stats.letThrough).reduce((sum, each) => sum + each, 0);
  return { opens, cacheHits, ignoreMarks, scans: misses, detections, refused, letThrough, overload, waiting };
}

function placeOf({ mountPoint, fileSystemType }: Pick<GateMount, 'mountPoint' | 'fileSystemType'>) {
  return { mountPoint: displayOf(mountPoint).slice(0, REALTIME_REPORT_LIMITS.mountPoint), fileSystemType };
}

function uncoveredMount(mount: GateMount): Uncovered {
  const { why, detail } = whyOf(mount.why ?? '');
  return { ...placeOf(mount), why, detail: detail === '' ? null : cut(detail) };
}

const KERNEL = 'refused by the kernel: ';

/** The gate's words (native/gate/src/mounts/mount-keeper.cpp). */
function whyOf(text: string): { readonly why: NotCoveredWhy; readonly detail: string } {
  if (text === 'network' || text === 'hidden') return { why: text, detail: '' };
  if (text.startsWith(KERNEL)) return { why: 'kernel', detail: text.slice(KERNEL.length) };
  return { why: 'other', detail: text };
}

/** Entries of the policy's list come first: somebody wrote them. */
function uncoveredEntries({ warnings, entryPath }: ReportFacts): readonly Uncovered[] {
  return warnings.flatMap(({ code, path }): readonly Uncovered[] => {
    if (code !== 'targets.missing' && code !== 'targets.not_covered') return [];
    const mountPoint = entryPath(path).slice(0, REALTIME_REPORT_LIMITS.mountPoint);
    const why = code === 'targets.missing' ? 'missing' : 'listed';
    return [{ mountPoint, fileSystemType: '', why, detail: null }];
  });
}

function cut(text: string): string {
  return text.slice(0, REALTIME_REPORT_LIMITS.detail);
}
