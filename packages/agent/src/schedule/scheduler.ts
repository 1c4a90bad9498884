// SPDX-License-Identifier: Apache-2.0
// Notices when a schedule comes due, also after the VM was off, and says it once (SC-8). What is due is decided in core; this
// file owns the waiting and remembers, in the state, up to when all has been decided.
import { decideDue, nextRuns, temporal, type DueDecision, type Schedule } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import type { StateDatabase } from '../state/index.ts';

export interface Duty {
  /** Its name in the state: `scan`, `update`. */
  readonly purpose: string;
  /** What is in force now; null = switched off. */
  rule(): DutyRule | null;
  /** Not awaited: what is due runs beside the watching. */
  due(decision: Exclude<DueDecision, { kind: 'none' }>): void;
  /** The clock stood ahead, and all up to `decidedMs` was decided by it; from `nowMs` on it is decided anew. */
  clockWentBack(decidedMs: number, nowMs: number): void;
}

export interface DutyRule {
  readonly schedule: Schedule;
  readonly missed: 'once' | 'skip';
  /** SC-9: this VM's place in the window over which starts are spread. */
  readonly delayMs: number;
}

/** A jump of the clock, or a changed policy, is noticed after so long at most. */
const LOOK_AGAIN_MS = 15_000;

/** Nothing due: up to when that was decided is noted so often. */
const WRITE_AGAIN_MS = 600_000;

/**
 * A clock that goes back by less than this (a correction, or an hour set wrongly) is waited out, so that nothing is started twice. What was
 * decided further ahead was decided by a clock that was wrong: to wait for it would be no scan for days.
 */
const CLOCK_BACK_MS = 3_600_000;

/** A timer's own lateness is no miss. */
const TOLERANCE_MS = 120_000;

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

/** Decides once, and answers how long nothing can come due. */
function look(duty: Duty, { clock, zone }: SchedulerParts, memory: Memory): number {
  const rule = duty.rule();
  const now = clock.nowMs();
  if (rule === null) {
    memory.write(now);
    return LOOK_AGAIN_MS;
  }
  // Spread: everything is seen as many milliseconds later as this VM stands in the window.
  const nominalMs = now - rule.delayMs;
  const decidedMs = memory.read() ?? nominalMs;
  const nominal = instant(nominalMs);
  if (decidedMs - now > CLOCK_BACK_MS) {
    memory.write(nominalMs);
    duty.clockWentBack(decidedMs, now);
    return 1;
  }
  // The clock went back a little, or the delay grew: nothing is decided twice.
  if (decidedMs > nominalMs) return LOOK_AGAIN_MS;
  const decision = decideDue(rule.schedule, {
    zone: zone(),
    decided: instant(decidedMs),
    now: nominal,
    missed: rule.missed,
    toleranceMs: TOLERANCE_MS,
  });
  // Written before it is begun: a start that is lost in a crash is missed, a start that is told twice would be two scans.
  if (decision.kind !== 'none' || nominalMs - decidedMs >= WRITE_AGAIN_MS || memory.read() === null)
    memory.write(nominalMs);
  if (decision.kind !== 'none') duty.due(decision);
  const [next] = nextRuns(rule.schedule, { zone: zone(), after: nominal, count: 1 });
  const untilMs = next === undefined ? LOOK_AGAIN_MS : next.epochMilliseconds - nominalMs;
  return Math.max(1, Math.min(untilMs, LOOK_AGAIN_MS));
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

function instant(ms: number): Temporal.Instant {
  return temporal.Instant.fromEpochMilliseconds(Math.round(ms));
}
