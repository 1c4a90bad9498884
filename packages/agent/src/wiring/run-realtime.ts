// SPDX-License-Identifier: Apache-2.0
// `lazaret realtime` in the foreground: an agent without a manager and without duties by the clock, started by the supervisor. The same lock, state and
// control socket as the daemon's, so that `lazaret scan`, `quarantine` and `realtime stats` work beside it.
import type { Logger } from 'pino';
import { LazaretError } from '@lazaret/core';
import { systemClock, type ProductPaths } from '@lazaret/platform';
import { serveControl } from '../control/index.ts';
import { loadPolicyFile } from '../policy/index.ts';
import type { RealtimeListener } from '../realtime/index.ts';
import { waitForRunLock } from '../scan/index.ts';
import { controlMethods } from './control-methods.ts';
import { openAgent } from './open-agent.ts';
import { openAgentRealtime } from './open-realtime.ts';
import { scanService } from './scan-service.ts';

export interface ForegroundOptions {
  readonly paths: ProductPaths;
  readonly policyFile: string;
  /** A directory of patterns instead of the active release. */
  readonly patterns?: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly listener: RealtimeListener;
}

/** One that is just ending may take so long. */
const LOCK_MS_MAX = 10_000;

/** Resolves after `signal`. Rejects with `realtime.runs_already`, and with whatever keeps an agent from starting. */
export async function runRealtime(options: ForegroundOptions): Promise<void> {
  const { paths, signal } = options;
  const late = AbortSignal.any([signal, AbortSignal.timeout(LOCK_MS_MAX)]);
  const lock = await waitForRunLock(paths.runLock, systemClock, () => {}, late);
  if (lock === null && signal.aborted) return;
  if (lock === null)
    throw new LazaretError(
      'realtime.runs_already',
      `Another agent or scan is running. It holds the lock ${paths.runLock}.`,
      {
        where: paths.runLock,
      },
    );
  try {
    await serve(options);
  } finally {
    lock.release();
  }
}

async function serve({ paths, policyFile, patterns, log, signal, listener }: ForegroundOptions): Promise<void> {
  const inForce = loadPolicyFile(policyFile);
  const agent = await openAgent({
    paths,
    clock: systemClock,
    inForce: () => inForce,
    supervised: true,
    ...(patterns === undefined ? {} : { patterns }),
    onProblem: (error) => log.warn({ code: error.code, message: error.message }, 'patterns'),
    onRecovery: ({ kind, path }) => log.warn({ kind, path: path.toString() }, 'recovery of an interrupted action'),
  });
  try {
    const runs = scanService(agent);
    const realtime = openAgentRealtime(agent, { log, supervised: true, listener });
    const control = await serveControl(paths.controlSocket, controlMethods({ agent, runs, realtime, link: null }));
    await realtime.run(signal);
    await runs.interrupt();
    await control.close();
  } finally {
    await agent.close();
  }
}
