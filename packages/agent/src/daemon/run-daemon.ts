// SPDX-License-Identifier: Apache-2.0
// lazaret-agent: takes the lock, opens its parts, serves its sockets, runs its duties, and shuts down in the opposite order. A scan that is running at the
// shutdown resumes at the next start.
import { existsSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { KNOCK_PORT } from '@lazaret/contract';
import { findSystemFaults, LazaretError } from '@lazaret/core';
import { systemClock, type ProductPaths } from '@lazaret/platform';
import { serveClamd } from '../clamd/index.ts';
import { serveControl } from '../control/index.ts';
import { readSystemFacts } from '../doctor/index.ts';
import { identityStore, type Link } from '../link/index.ts';
import { isReportOnly } from '../policy/index.ts';
import type { RealtimeListener } from '../realtime/index.ts';
import { waitForRunLock, type RunManager } from '../scan/index.ts';
import type { StateDatabase } from '../state/index.ts';
import {
  clamdDependencies,
  controlMethods,
  openAgent,
  openAgentRealtime,
  scanService,
  type Agent,
} from '../wiring/index.ts';
import { watchDuties } from './duties.ts';
import { openDaemonLink, reportProgress } from './open-daemon-link.ts';
import { policyKeeper } from './policy-keeper.ts';

export interface DaemonOptions {
  readonly paths: ProductPaths;
  readonly policyFile: string;
  /** A person named the policy file: that a manager's policy goes before it is said. */
  readonly policyNamed?: boolean;
  readonly log: Logger;
  /** Ends the daemon. */
  readonly signal: AbortSignal;
  readonly onReady?: () => void;
  /** lazaret-supervisor started this process: it holds what real-time needs of the kernel, and runs the scanner. */
  readonly supervised?: boolean;
  /** The stand-by port where the policy names the usual one; a checkout has one of its own. */
  readonly knockPort?: number;
}

export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { paths, log, signal } = options;
  const lock = await waitForRunLock(
    paths.runLock,
    systemClock,
    () => log.info('a scan is running in the foreground; waiting for it to end'),
    signal,
  );
  if (lock === null) return;
  try {
    await serve(options);
  } finally {
    lock.release();
  }
}

function tellReportOnly({ policyFile, log }: DaemonOptions, agent: Agent): void {
  const fault = agent.policyFault();
  if (fault === null)
    return log.warn('there is no policy yet: detections are only reported, and nothing is changed or blocked');
  agent.spool.append('policy.refused', { code: fault.code, message: fault.message });
  log.error({ code: fault.code, file: policyFile }, fault.message);
}

async function serve(options: DaemonOptions): Promise<void> {
  const { paths, log, signal } = options;
  const named = options.policyNamed ?? false;
  const managers = identityStore(paths.state).policyFile;
  const keeper = policyKeeper({ own: options.policyFile, named, manager: managers }, systemClock, {
    applied: ({ hash }) => {
      agent.spool.append('policy.applied', { hash });
      realtime.refresh();
      log.info({ hash }, 'policy applied');
    },
    refused: (error) => {
      agent.spool.append('policy.refused', { code: error.code, message: error.message });
      log.error(
        { code: error.code, message: error.message },
        'the policy file is not valid; the last valid policy stays in force',
      );
    },
  });
  const agent: Agent = await openAgent({
    paths,
    clock: systemClock,
    inForce: () => keeper.current(),
    policyFault: () => keeper.fault(),
    supervised: options.supervised ?? false,
    onProblem: (error) => log.warn({ code: error.code, message: error.message }, 'patterns'),
    onRecovery: ({ kind, path }) => log.warn({ kind, path: path.toString() }, 'recovery of an interrupted action'),
  });
  for (const { severity, code, message } of findSystemFaults(readSystemFacts()))
    log[severity === 'error' ? 'error' : 'warn']({ code }, message);
  const runs = scanService(agent);
  const realtime = openAgentRealtime(agent, {
    log,
    supervised: options.supervised ?? false,
    // The manager must not believe in yesterday's protection until the next long poll.
    listener: { ...NOBODY, state: () => link.changed() },
  });
  const parts = { agent, runs, realtime, keeper, log, knockPort: options.knockPort ?? KNOCK_PORT };
  const link: Link = openDaemonLink(parts);
  const control = await serveControl(paths.controlSocket, controlMethods({ agent, runs, realtime, link }));
  const clamd = serveClamd(paths.clamdSocket, clamdDependencies(agent));
  log.info(
    { control: paths.controlSocket, clamd: paths.clamdSocket, release: agent.activeRelease().manifest.id },
    'ready',
  );
  if (named && existsSync(managers))
    log.warn(
      { file: options.policyFile },
      'the policy file of --policy is not in force, because this VM uses the policy of its manager',
    );
  if (isReportOnly(keeper.current())) tellReportOnly(options, agent);
  options.onReady?.();
  const duties = Promise.all([
    keeper.watch(signal),
    link.run(signal),
    realtime.run(signal),
    reportProgress(link, parts, signal),
    watchDuties({ agent, runs, log, link, vmId: readVmId(agent.database) }, signal),
  ]);
  takeUpCutOff(agent, runs, log);
  await untilAborted(signal);
  log.info('ending');
  clamd.close();
  await runs.interrupt();
  await duties;
  await control.close();
  await agent.close();
}

/** Real-time's news are in the spool and in the log. */
const NOBODY: RealtimeListener = {
  ready: () => {},
  state: () => {},
  detection: () => {},
  letThrough: () => {},
  gap: () => {},
};

/** The run that the last end, or a kill, cut off. */
function takeUpCutOff(agent: Agent, runs: RunManager, log: Logger): void {
  const record = agent.runs.findCutOff();
  if (record === undefined) return;
  log.info({ run: record.id }, 'resuming the interrupted scan');
  runs.resume(record, { row: () => {}, progress: () => {}, wantsEstimate: true }).then(
    (outcome) => log.info({ run: record.id, outcome: outcome.kind }, 'the interrupted scan has ended'),
    (error: unknown) => {
      // A request that can no longer be carried out (its patterns are gone) must not come back at every start.
      agent.runs.setState(record.id, 'cancelled', agent.clock.nowMs());
      log.error(
        { run: record.id, code: error instanceof LazaretError ? error.code : 'agent.internal' },
        'the interrupted scan could not be resumed',
      );
    },
  );
}

function readVmId(database: StateDatabase): string {
  database.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)').run('vmId', randomUUID());
  return (database.prepare('SELECT value FROM meta WHERE name = ?').get('vmId') as { value: string }).value;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
