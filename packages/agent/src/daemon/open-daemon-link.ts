// SPDX-License-Identifier: Apache-2.0
// Connects the link to the agent: what the agent reports to its manager, and what a policy or a command of the manager does here.
import { PRODUCT_VERSION } from '@lazaret/core';
import type { Logger } from 'pino';
import { KNOCK_PORT } from '@lazaret/contract';
import { sleepToBeat } from '@lazaret/platform';
import { openLink, type Link } from '../link/index.ts';
import { beginEpoch, readEpoch } from '../state/index.ts';
import type { Realtime } from '../realtime/index.ts';
import type { RunManager } from '../scan/index.ts';
import { type Agent, updateNow } from '../wiring/index.ts';
import type { PolicyKeeper } from './policy-keeper.ts';
import { carryOut, recover } from './remote-commands.ts';
import { vmReporter } from './vm-report.ts';

export interface DaemonLinkParts {
  readonly agent: Agent;
  readonly runs: RunManager;
  readonly realtime: Pick<Realtime, 'stand' | 'report'>;
  readonly keeper: PolicyKeeper;
  readonly log: Logger;
  /** Stands for 4118 in a checkout, so that two agents of one machine do not meet; a policy that names another port is followed. */
  readonly knockPort: number;
}

/** A scan's progress goes to the manager so often. */
const PROGRESS_MS = 2_000;

export function openDaemonLink({ agent, runs, realtime, keeper, log, knockPort }: DaemonLinkParts): Link {
  const reporter = vmReporter(agent, runs, realtime);
  const remote = { agent, runs };
  const link: Link = openLink({
    stateDirectory: agent.paths.state,
    spoolDirectory: agent.paths.spool,
    clock: agent.clock,
    log,
    database: agent.database,
    spool: agent.spool,
    epoch: () => readEpoch(agent.database),
    beginEpoch: () => beginEpoch(agent.database),
    agentVersion: PRODUCT_VERSION,
    policyHash: () => agent.inForce().hash,
    knockPort: () => {
      const { enabled, port } = agent.inForce().policy.agent.knock;
      return enabled ? (port === KNOCK_PORT ? knockPort : port) : null;
    },
    readReport: () => reporter.read(),
    readVaultList: () => reporter.vaultList(),
    takePolicy: (text) => keeper.take(text),
    carryOut: (command, tools) => carryOut(remote, command, tools),
    recover: (command, before) => recover(remote, command, before),
    activated: () => {
      updateNow(agent, link.tools())
        .catch((error: Error) => log.warn({ message: error.message }, 'newer patterns were not activated'))
        .finally(() => link.changed());
    },
  });
  return link;
}

/** While a scan runs its progress is told; and once more when it has ended. */
export async function reportProgress(link: Link, { agent, runs }: DaemonLinkParts, signal: AbortSignal): Promise<void> {
  let ran = false;
  while (!signal.aborted) {
    const runsNow = runs.current().length > 0;
    if (runsNow || ran) link.changed();
    ran = runsNow;
    await sleepToBeat(agent.clock, PROGRESS_MS, signal);
  }
}
