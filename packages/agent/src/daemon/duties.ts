// SPDX-License-Identifier: Apache-2.0
// What the agent does on a schedule: the scheduled scan (SC-2…SC-9) and the look for newer patterns (PF-1).
import { hostname } from 'node:os';
import { LazaretError, spreadDelayMs, temporal } from '@lazaret/core';
import type { Logger } from 'pino';
import { SCHEDULED_REQUEST, type RunManager } from '../scan/index.ts';
import type { Link } from '../link/index.ts';
import { type Agent, updateNow } from '../wiring/index.ts';
import { watchSchedule, type Duty } from '../schedule/index.ts';

export interface DutyParts {
  readonly agent: Agent;
  readonly runs: RunManager;
  readonly log: Logger;
  readonly link: Pick<Link, 'tools' | 'changed'>;
  /** Tells VMs apart, so that their starts spread (SC-9a). */
  readonly vmId: string;
}

export function watchDuties(parts: DutyParts, signal: AbortSignal): Promise<unknown> {
  const { database, clock } = parts.agent;
  const watching = { database, clock, zone: () => temporal.Now.timeZoneId() };
  return Promise.all([scanDuty(parts), updateDuty(parts)].map((duty) => watchSchedule(duty, watching, signal)));
}

function scanDuty(parts: DutyParts): Duty {
  const { agent, log } = parts;
  return {
    purpose: 'scan',
    rule: () => {
      const { enabled, schedule, missed, spreadMinutes } = agent.inForce().policy.scheduled;
      return enabled ? { schedule, missed, delayMs: spreadDelayMs(spreadMinutes, parts.vmId) } : null;
    },
    due: (decision) => {
      const planned = decision.planned.toString();
      agent.spool.append('schedule.due', { purpose: 'scan', kind: decision.kind, planned, skipped: decision.skipped });
      if (decision.kind === 'run') void runScheduled(parts, planned);
      else log.warn({ planned }, 'a scheduled scan was missed, and the policy skips it');
    },
    clockWentBack: recordReset(parts, 'scan'),
  };
}

async function runScheduled({ agent, runs, log }: DutyParts, planned: string): Promise<void> {
  const longestMs = agent.inForce().policy.scheduled.longestRunMinutes * 60_000;
  const ended = new AbortController();
  try {
    const started = (id: string): void => {
      void agent.clock.sleep(longestMs, ended.signal).then(() => {
        if (!ended.signal.aborted) runs.expire(id);
      });
    };
    const outcome = await runs.start(SCHEDULED_REQUEST, {
      row: () => {},
      progress: () => {},
      started,
      wantsEstimate: true,
    });
    log.info({ planned, outcome: outcome.kind === 'skipped' ? 'skipped' : outcome.summary }, 'scheduled scan');
  } catch (error) {
    log.error({ planned, code: codeOf(error), message: (error as Error).message }, 'the scheduled scan failed');
    agent.spool.append('run.failed', { planned, code: codeOf(error) }, true);
  } finally {
    ended.abort();
  }
}

function updateDuty(parts: DutyParts): Duty {
  const { agent } = parts;
  return {
    purpose: 'update',
    rule: () => ({
      schedule: agent.inForce().policy.patterns.schedule,
      missed: 'once',
      delayMs: spreadDelayMs(1, hostname()),
    }),
    due: () => void lookForUpdate(parts),
    clockWentBack: recordReset(parts, 'update'),
  };
}

function recordReset({ agent, log }: DutyParts, purpose: 'scan' | 'update'): Duty['clockWentBack'] {
  return (decidedMs, nowMs) => {
    const [decided, now] = [decidedMs, nowMs].map((ms) => new Date(ms).toISOString());
    agent.spool.append('schedule.clock-back', { purpose, decided, now }, true);
    log.warn({ purpose, decided, now }, 'the clock was set back; the schedule continues from the new time');
  };
}

/** The look by the clock: what goes wrong is told to log and spool, and the next one comes. */
async function lookForUpdate({ agent, log, link }: DutyParts): Promise<void> {
  try {
    const { outcome, active } = await updateNow(agent, link.tools());
    log.info({ outcome, release: active.id }, 'checked for newer patterns');
  } catch (error) {
    log.error({ code: codeOf(error), message: (error as Error).message }, 'newer patterns were not activated');
  } finally {
    // How it went is told at once: a refusal is an alarm.
    link.changed();
  }
}

function codeOf(error: unknown): string {
  return error instanceof LazaretError ? error.code : 'agent.internal';
}
