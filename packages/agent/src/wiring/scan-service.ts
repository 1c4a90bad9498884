// SPDX-License-Identifier: Apache-2.0
// Runs of this agent with all they need: its engine (or one of their own for `--patterns`), its policy (or theirs for
// `--policy`), its vault; and what they tell the spool. The same for daemon and foreground.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine/index.ts';
import { acceptPolicy, type PolicyInForce } from '../policy/index.ts';
import { runManager, type RunManager, type RunParts, type ScanRequest } from '../scan/index.ts';
import type { ReleaseTables } from '@lazaret/patterns';
import { readablePatterns, readReleaseTables } from '../update/index.ts';
import { actOn } from './act.ts';
import { startAgentEngine, type Agent } from './open-agent.ts';

export function scanService(agent: Agent): RunManager {
  return runManager({
    store: agent.runs,
    clock: agent.clock,
    events: {
      started: ({ id, request, resumed }) => {
        agent.spool.append('run.started', { runId: id, origin: request.origin, scope: request.scope.kind, resumed });
      },
      skipped: (request) => {
        agent.spool.append('run.skipped', { origin: request.origin, why: 'another scan was running' });
      },
      ended: (id, request, summary) => {
        const { patternRelease } = summary;
        agent.spool.append('run.ended', { runId: id, origin: request.origin, summary, patternRelease }, true);
        if (summary.state === 'incomplete') agent.spool.append('alarm', { alarm: 'scan-incomplete', runId: id }, true);
      },
    },
    prepare: (request, id) => prepare(agent, request, id),
  });
}

interface Patterns {
  readonly engine: Engine;
  readonly tables: ReleaseTables;
  readonly release: string;
  letGo(): Promise<void>;
}

async function prepare(
  agent: Agent,
  request: ScanRequest,
  runId: string,
): Promise<{ parts: RunParts; release(): Promise<void> }> {
  const inForce: PolicyInForce = request.policy === null ? agent.inForce() : acceptPolicy(request.policy, '--policy');
  const patterns =
    request.patterns === null
      ? ownPatterns(agent)
      : await givenPatterns(agent, Buffer.from(request.patterns, 'base64').toString());
  const looked = { files: 0 };
  const parts: RunParts = {
    host: agent.host,
    engine: countingScans(patterns.engine, looked),
    tables: patterns.tables,
    patternRelease: patterns.release,
    inForce,
    ownDirectories: [agent.paths.state, agent.paths.run],
    store: agent.runs,
    clock: agent.clock,
    act: actOn({
      agent,
      inForce,
      scanKind: request.origin,
      action: request.action,
      runId,
      tables: patterns.tables,
      patternRelease: patterns.release,
      lookedAt: () => looked.files,
    }),
  };
  return { parts, release: () => patterns.letGo() };
}

/** AC-14: a share of the files of a run needs their number. */
function countingScans(engine: Engine, looked: { files: number }): Engine {
  const scan: Engine['scan'] = (...request) => {
    looked.files += 1;
    return engine.scan(...request);
  };
  return { ...engine, scan };
}

function ownPatterns(agent: Agent): Patterns {
  const active = agent.activeRelease();
  const tables = readReleaseTables(active.directory, agent.paths.starterPatterns);
  return { engine: agent.engine, tables, release: active.manifest.id, letGo: async () => {} };
}

/** A directory that a person named for one run: an engine of its own, so that the VM's protection stays what it is. */
async function givenPatterns(agent: Agent, directory: string): Promise<Patterns> {
  const place = makePlace(agent.paths.run);
  const engine = await startAgentEngine(agent.paths, join(place, 's'));
  const letGo = async (): Promise<void> => {
    await engine.close();
    rmSync(place, { recursive: true, force: true });
  };
  try {
    const readable = readablePatterns(directory, join(place, 'patterns'));
    await engine.load({ directory: readable, canaries: [], requireEicar: false, expectedSignatures: null });
    const tables = readReleaseTables(agent.paths.starterPatterns, agent.paths.starterPatterns);
    return { engine, tables, release: directory, letGo };
  } catch (error) {
    await letGo();
    throw error;
  }
}

/** Open to the scanner's user, who must reach the patterns in it. */
function makePlace(run: string): string {
  const place = mkdtempSync(join(run, 'run-'));
  chmodSync(place, 0o755);
  return place;
}
