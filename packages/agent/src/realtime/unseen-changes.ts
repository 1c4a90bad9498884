// SPDX-License-Identifier: Apache-2.0
// One walk at a time over what changed unseen; a gap that is told during a walk is walked after it.
import type { Scope } from '../scan/index.ts';
import type { RealtimeParts } from './types.ts';
import { walkChanged, type ChangedWalk } from './walk-changed.ts';

export interface UnseenChanges {
  /** What changed since then must be looked at. Ms since 1970. */
  since(ms: number): void;
  looked(): number;
  excepted(): number;
  close(): Promise<void>;
}

export interface UnseenOptions {
  readonly parts: Pick<RealtimeParts, 'clock' | 'log' | 'ownDirectories'>;
  readonly signal: AbortSignal;
  readonly scope: () => Scope | null;
  readonly look: ChangedWalk['look'];
}

export function unseenChanges({ parts, signal, scope, look }: UnseenOptions): UnseenChanges {
  const totals = { looked: 0, excepted: 0 };
  let sinceMs: number | null = null;
  let walking: Promise<void> | null = null;

  const walkAll = async (): Promise<void> => {
    while (sinceMs !== null && !signal.aborted) {
      const from = sinceMs;
      const compiled = scope();
      if (compiled === null) return; // nothing is watched yet, so nothing was missed
      sinceMs = null;
      const { clock, ownDirectories, log } = parts;
      try {
        const walked = await walkChanged({ scope: compiled, ownDirectories, sinceMs: from, clock, signal, look });
        totals.looked += walked.looked;
        totals.excepted += walked.excepted;
        log.info({ from: new Date(from).toISOString(), ...walked }, 'looked at what changed unseen');
      } catch (error) {
        log.error(
          { message: error instanceof Error ? error.message : String(error) },
          'a walk over changed files failed',
        );
      }
    }
  };
  return {
    since: (ms) => {
      sinceMs = Math.min(ms, sinceMs ?? ms);
      walking ??= walkAll().finally(() => {
        walking = null;
      });
    },
    looked: () => totals.looked,
    excepted: () => totals.excepted,
    close: async () => {
      await walking;
    },
  };
}
