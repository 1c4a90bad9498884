// SPDX-License-Identifier: Apache-2.0
// Ties real-time to the agent: which patterns and policy it goes by, what an action of it is done with.
import type { Logger } from 'pino';
import { temporal } from '@lazaret/core';
import { readOtherProducts } from '../doctor/index.ts';
import { openRealtime, type Realtime, type RealtimeFacts, type RealtimeListener } from '../realtime/index.ts';
import { readReleaseTables, type ReleaseTables } from '../update/index.ts';
import { actOn } from './act.ts';
import type { Agent } from './open-agent.ts';

/** `runId` of its detections: they belong to no run. */
const RUN_ID = 'realtime';

export interface AgentRealtimeOptions {
  readonly log: Logger;
  /** lazaret-supervisor started this process and holds the kernel's group. */
  readonly supervised: boolean;
  readonly listener?: RealtimeListener;
}

export function openAgentRealtime(agent: Agent, { log, supervised, listener }: AgentRealtimeOptions): Realtime {
  const { paths } = agent;
  const tables = activeTables(agent);
  return openRealtime({
    clock: agent.clock,
    log,
    engine: agent.engine,
    spool: agent.spool,
    gateSocket: paths.gateSocket,
    privateDirectory: paths.run,
    aliveFile: paths.realtimeAlive,
    ownDirectories: [paths.state, paths.run],
    supervisorPid: supervised ? process.ppid : null,
    ...(listener === undefined ? {} : { listener }),
    inForce: () => agent.inForce(),
    tables,
    patternRelease: () => agent.activeRelease().manifest.id,
    zone: () => temporal.Now.timeZoneId(),
    otherListener: () => {
      const other = readOtherProducts().find(({ intercepts }) => intercepts);
      return other === undefined ? null : `${other.name} (process ${other.pid})`;
    },
    act: async (file, facts) =>
      await actOn({
        agent,
        inForce: agent.inForce(),
        scanKind: 'realtime',
        action: 'policy',
        runId: RUN_ID,
        tables: tables(),
        patternRelease: agent.activeRelease().manifest.id,
        access: { ...facts, deny: denial(facts) },
      })(file),
  });
}

function denial({ deny }: RealtimeFacts) {
  return async (): Promise<{ code: string; message: string } | null> =>
    (await deny()) ? null : { code: 'realtime.gate_down', message: 'no gate took the order' };
}

/** Read once for each release: they are asked for at every detection. */
function activeTables(agent: Agent): () => ReleaseTables {
  let known: { readonly directory: string; readonly tables: ReleaseTables } | null = null;
  return () => {
    const { directory } = agent.activeRelease();
    if (known?.directory !== directory) {
      known = { directory, tables: readReleaseTables(directory, agent.paths.starterPatterns) };
    }
    return known.tables;
  };
}
