// SPDX-License-Identifier: Apache-2.0
// The state of the connection to the manager, as `agent status` shows it. A change is written to the log.
import { CLOCK_WARNING_MS, type VmState } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import type { Logger } from 'pino';
import { LinkRefusal } from './transport.ts';
import type { LinkStatus } from './types.ts';

export interface Standing {
  /** The last request was answered. */
  connected(): boolean;
  /** Answered, and known as the one that holds the key: events may be sent. */
  trusted(): boolean;
  retired(): boolean;
  /** A check-in was answered. */
  answered(entrusted: boolean): void;
  failed(error: unknown): void;
  /** Of this VM, by the manager. */
  told(state: VmState): void;
  tellClock(differenceMs: number): void;
  /** The VM has left its manager. */
  left(): void;
  view(): Pick<LinkStatus, 'state' | 'connected' | 'entrusted' | 'lastAnswerAt' | 'fault' | 'clockDifferenceMs'>;
}

export interface StandingParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Events may be sent again. */
  readonly onTrusted: () => void;
}

export function linkStanding({ clock, log, onTrusted }: StandingParts): Standing {
  let connected = false;
  let entrusted = true;
  let lastAnswerMs: number | null = null;
  let fault: LazaretError | null = null;
  let state: VmState = 'active';
  const differs = clockDifference(log);
  return {
    connected: () => connected,
    trusted: () => connected && entrusted,
    retired: () => state === 'retired',
    answered: (nowEntrusted) => {
      const wasTrusted = connected && entrusted;
      connected = true;
      entrusted = nowEntrusted;
      if (!wasTrusted) onTrusted();
      lastAnswerMs = clock.nowMs();
      if (fault !== null) log.info({ fault: fault.code }, 'the manager answers again');
      fault = null;
    },
    failed: (error) => {
      const told = error instanceof LazaretError ? error : new LazaretError('agent.internal', String(error));
      connected = false;
      if (told instanceof LinkRefusal && told.code === 'link.retired') state = 'retired';
      if (fault?.code !== told.code)
        log.warn(
          { code: told.code, message: told.message },
          'the manager cannot be reached; the agent continues without it',
        );
      fault = told;
    },
    told: (next) => {
      state = next;
    },
    tellClock: (differenceMs) => differs.tell(differenceMs),
    left: () => {
      connected = false;
      fault = null;
    },
    view: () => ({
      state,
      connected,
      entrusted,
      lastAnswerAt: lastAnswerMs === null ? null : new Date(lastAnswerMs).toISOString(),
      fault: fault === null ? null : { code: fault.code, message: fault.message },
      clockDifferenceMs: differs.ms(),
    }),
  };
}

/** Against the manager's clock; warned of once, and once it is over. */
function clockDifference(log: Logger): { tell(differenceMs: number): void; ms(): number | null } {
  let known: number | null = null;
  return {
    ms: () => known,
    tell: (differenceMs) => {
      const before = Math.abs(known ?? 0) > CLOCK_WARNING_MS;
      const now = Math.abs(differenceMs) > CLOCK_WARNING_MS;
      known = differenceMs;
      if (now && !before)
        log.warn(
          { code: 'link.clock_differs', differenceMs },
          `the clock of this VM differs from the manager's by ${Math.round(differenceMs / 1_000)} s`,
        );
      else if (before && !now) log.info({ differenceMs }, "the clock of this VM agrees with the manager's again");
    },
  };
}
