// SPDX-License-Identifier: Apache-2.0
// What an agent says of itself: what runs, what protects, what is in force. Three facts, none of them merged.
import type { RunManager } from '../scan/index.ts';
import { listEntries } from '../quarantine/index.ts';
import type { Agent } from './open-agent.ts';

export async function readStatus(agent: Agent, runs: RunManager): Promise<object> {
  const { manifest } = agent.activeRelease();
  const { entries, usage } = await listEntries(agent);
  const engine = await agent.engine.status();
  const inForce = agent.inForce();
  const fault = agent.policyFault();
  return {
    pid: process.pid,
    runs: runs.current(),
    lastRuns: agent.runs.list(5).map(({ id, kind, state, startedMs, endedMs, totals }) => ({
      id,
      kind,
      state,
      startedMs,
      endedMs,
      totals: totals === '' ? null : (JSON.parse(totals) as unknown),
    })),
    patterns: { release: manifest.id, source: manifest.source, loaded: manifest.loaded },
    engine: {
      pid: engine.pid,
      workers: engine.workerPids.length,
      workerDeaths: engine.workerDeaths,
      sandbox: engine.sandbox,
    },
    policy: {
      name: inForce.policy.name,
      hash: inForce.hash,
      notApplied: inForce.notApplied,
      refused: fault === null ? null : { code: fault.code, message: fault.message },
    },
    vault: { entries: entries.length, ...usage },
    ceiling: agent.ceiling.view(),
  };
}
