// SPDX-License-Identifier: Apache-2.0
// Scans the files that changed in a gap, one walk at a time. A gap that is told during a walk is walked after it.
import type { Scope } from '../../scan/index.ts';
import type { RealtimeParts } from '../types.ts';
import { walkChanged, type ChangedWalk } from './walk-changed.ts';

export interface GapWalks {
  /** Walks over the files that changed since `ms` (ms since 1970). Resolves to true when all were scanned, and to false if the agent ended or the walk failed. */
  since(ms: number): Promise<boolean>;
  looked(): number;
  excepted(): number;
  close(): Promise<void>;
}

export interface GapWalkOptions {
  readonly parts: Pick<RealtimeParts, 'host' | 'clock' | 'log' | 'ownDirectories'>;
  readonly signal: AbortSignal;
  readonly scope: () => Scope | null;
  readonly look: ChangedWalk['look'];
}

export function gapWalks({ parts, signal, scope, look }: GapWalkOptions): GapWalks {
  const totals = { looked: 0, excepted: 0 };
  let wanted: { readonly sinceMs: number; readonly ended: PromiseWithResolvers<boolean> } | null = null;
  let walking: Promise<void> | null = null;

  const walkAll = async (): Promise<void> => {
    while (wanted !== null) {
      const { sinceMs, ended } = wanted;
      wanted = null;
      ended.resolve(!signal.aborted && (await walkFrom(sinceMs)));
    }
  };
  const walkFrom = async (from: number): Promise<boolean> => {
    const compiled = scope();
    if (compiled === null) return true; // nothing is watched, so there was no gap
    const { host, clock, ownDirectories, log } = parts;
    const { files } = host;
    try {
      const walked = await walkChanged({ files, scope: compiled, ownDirectories, sinceMs: from, clock, signal, look });
      totals.looked += walked.looked;
      totals.excepted += walked.excepted;
      log.info({ from: new Date(from).toISOString(), ...walked }, 'scanned the files that changed in a gap');
      return !walked.cut && walked.failed === 0 && !signal.aborted;
    } catch (error) {
      log.error(
        { message: error instanceof Error ? error.message : String(error) },
        'the search for changed files failed',
      );
      return false;
    }
  };
  return {
    since: (ms) => {
      const { promise } = (wanted = {
        sinceMs: Math.min(ms, wanted?.sinceMs ?? ms),
        ended: wanted?.ended ?? Promise.withResolvers<boolean>(),
      }).ended;
      walking ??= walkAll().finally(() => {
        walking = null;
      });
      return promise;
    },
    looked: () => totals.looked,
    excepted: () => totals.excepted,
    close: async () => {
      await walking;
    },
  };
}
