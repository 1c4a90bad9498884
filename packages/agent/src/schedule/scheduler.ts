// SPDX-License-Identifier: Apache-2.0
// Notices when a schedule comes due, also after the VM was off, and says it once (SC-8). What is due is decided in `look.ts`; this
// file owns the waiting and remembers, in the state, up to when all has been decided.
import type { Clock } from '@lazaret/platform';
import type { StateDatabase } from '../state/index.ts';
import { decideLook, type Due, type DutyRule } from './look.ts';

export interface Duty {
  /** Its name in the state: `scan`, `update`. */
  readonly purpose: string;
  /** What is in force now; null = switched off. */
  rule(): DutyRule | null;
  /** Not awaited: what is due runs beside the watching. */
  due(decision: Due): void;
  /** The clock stood ahead, and all up to `decidedMs` was decided by it; from `nowMs` on it is decided anew. */
  clockWentBack(decidedMs: number, nowMs: number): void;
}

export interface SchedulerParts {
  readonly database: StateDatabase;
  readonly clock: Clock;
  readonly zone: () => string;
}

/** Watches until `signal` aborts. */
export async function watchSchedule(duty: Duty, parts: SchedulerParts, signal: AbortSignal): Promise<void> {
  const memory = remember(duty.purpose, parts.database);
  while (!signal.aborted) {
    const waitMs = look(duty, parts, memory);
    await parts.clock.sleep(waitMs, signal);
  }
}

/** Looks once, and answers how long nothing can come due. */
function look(duty: Duty, { clock, zone }: SchedulerParts, memory: Memory): number {
  const nowMs = clock.nowMs();
  const { noteMs, due, wentBackFromMs, waitMs } = decideLook({
    rule: duty.rule(),
    nowMs,
    zone: zone(),
    decidedMs: memory.read(),
  });
  // Written before it is begun: a start that is lost in a crash is missed, a start that is told twice would be two scans.
  if (noteMs !== null) memory.write(noteMs);
  if (wentBackFromMs !== null) duty.clockWentBack(wentBackFromMs, nowMs);
  if (due !== null) duty.due(due);
  return waitMs;
}

interface Memory {
  read(): number | null;
  write(ms: number): void;
}

function remember(purpose: string, database: StateDatabase): Memory {
  const get = database.prepare('SELECT checkedMs FROM schedules WHERE purpose = ?');
  const put = database.prepare(
    'INSERT INTO schedules (purpose, checkedMs) VALUES (?, ?) ON CONFLICT (purpose) DO UPDATE SET checkedMs = excluded.checkedMs',
  );
  return {
    read: () => (get.get(purpose) as { checkedMs: number } | undefined)?.checkedMs ?? null,
    write: (ms) => void put.run(purpose, Math.round(ms)),
  };
}
