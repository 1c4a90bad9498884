// SPDX-License-Identifier: Apache-2.0
// Ties real-time to the agent: which patterns and policy it goes by, what an action of it is done with.
import { existsSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { temporal } from '@lazaret/core';
import { readOtherProducts } from '../doctor/index.ts';
import { openRealtime, type Realtime, type RealtimeFacts, type RealtimeListener } from '../realtime/index.ts';
import type { ReleaseTables } from '@lazaret/patterns';
import { readReleaseTables } from '../update/index.ts';
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
  const active = activeRelease(agent);
  const tables = (): ReleaseTables => active().tables;
  return openRealtime({
    host: agent.host,
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
    patternRelease: () => active().id,
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
        patternRelease: active().id,
        access: { ...facts, deny: denial(facts) },
      })(file),
  });
}

function denial({ deny }: RealtimeFacts) {
  return async (): Promise<{ code: string; message: string } | null> =>
    (await deny()) ? null : { code: 'realtime.gate_down', message: 'no gate accepted the order' };
}

/** Asked each second and at every detection, so that it is read only where the link leads elsewhere. */
function activeRelease(agent: Agent): () => { readonly id: string; readonly tables: ReleaseTables } {
  const link = join(agent.paths.patterns, 'active');
  let known: { readonly leadsTo: string; readonly id: string; readonly tables: ReleaseTables } | null = null;
  return () => {
    const leadsTo = existsSync(link) ? readlinkSync(link) : '';
    if (known?.leadsTo !== leadsTo) {
      const { directory, manifest } = agent.activeRelease();
      known = { leadsTo, id: manifest.id, tables: readReleaseTables(directory, agent.paths.starterPatterns) };
    }
    return known;
  };
}
