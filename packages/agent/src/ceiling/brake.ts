// SPDX-License-Identifier: Apache-2.0
// AC-14: counts the files that were removed recently, and stops removals once the limit is reached. It owns the table `removals` and its row in `meta`. The
// stop survives a restart and lasts until a person on the VM ends it.
import { decideBrake, type BrakeReason, type Ceiling } from '@lazaret/core';
import type { StateDatabase } from '../state/index.ts';

export interface BrakeView {
  readonly reason: BrakeReason;
  readonly sinceMs: number;
}

export interface Brake {
  view(): BrakeView | null;
  /** Counts one more file that is taken away now, or tells that it may not be. `lookedAt`: files of the run; null: real-time. */
  take(ceiling: Ceiling, run: RemovalRun): BrakeView | null;
  /** It was not taken away after all. */
  giveBack(runId: string): void;
  /** A person looked, and said that it is right: counting begins anew. */
  release(): void;
}

export interface RemovalRun {
  readonly id: string;
  readonly lookedAt: number | null;
}

const HOUR_MS = 3_600_000;
const NAME = 'brake';

export function openBrake(database: StateDatabase, nowMs: () => number, onHold: (view: BrakeView) => void): Brake {
  const add = database.prepare('INSERT INTO removals (timeMs, runId) VALUES (?, ?)');
  const prune = database.prepare('DELETE FROM removals WHERE timeMs < ? AND runId <> ?');
  const takeBack = database.prepare(
    'DELETE FROM removals WHERE rowid = (SELECT max(rowid) FROM removals WHERE runId = ?)',
  );
  const inHour = database.prepare('SELECT count(*) AS n FROM removals WHERE timeMs >= ?');
  const inRun = database.prepare('SELECT count(*) AS n FROM removals WHERE runId = ?');
  const read = database.prepare('SELECT value FROM meta WHERE name = ?');
  const write = database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  const countOf = (row: unknown): number => (row as { readonly n: number }).n;
  const view = (): BrakeView | null => {
    const row = read.get(NAME) as { readonly value: string } | undefined;
    return row === undefined ? null : (JSON.parse(row.value) as BrakeView);
  };
  return {
    view,
    take: (ceiling, { id, lookedAt }) => {
      const held = view();
      if (held !== null) return held;
      const counts = { lastHour: countOf(inHour.get(nowMs() - HOUR_MS)), inRun: countOf(inRun.get(id)), lookedAt };
      const reason = decideBrake(ceiling, counts);
      if (reason === null) {
        prune.run(nowMs() - HOUR_MS, lookedAt === null ? '' : id);
        add.run(nowMs(), id);
        return null;
      }
      const now: BrakeView = { reason, sinceMs: nowMs() };
      write.run(NAME, JSON.stringify(now));
      onHold(now);
      return now;
    },
    giveBack: (runId) => void takeBack.run(runId),
    release: () => {
      database.exec(`DELETE FROM removals; DELETE FROM meta WHERE name = '${NAME}'`);
    },
  };
}
