// SPDX-License-Identifier: Apache-2.0
// What the clamd socket needs of the agent: scans by manual limits, and nothing more.
import { PRODUCT_VERSION } from '@lazaret/core';
import { ownerOfUser } from '@lazaret/platform';
import type { EngineProfile } from '../engine/index.ts';
import type { ClamdDependencies } from '../clamd/index.ts';
import { profileOf } from '../scan/index.ts';
import type { Agent } from './open-agent.ts';

/** Every user may ask: neither may a file keep a worker as long as in a run, nor a client wait for ever. */
const FILE_MS_MAX = 30_000;
const ANSWER_MS_MAX = 120_000;

export function clamdDependencies(agent: Agent): ClamdDependencies {
  return {
    files: agent.host.files,
    sockets: agent.host.sockets,
    scan: (file, uid, signal) => {
      const { limits } = agent.inForce().policy.manual;
      const fileTimeMs = Math.min(limits.fileTimeMs, FILE_MS_MAX);
      const profile: EngineProfile = profileOf({ ...limits, fileTimeMs }, null);
      const owner = ownerOfUser(uid);
      const request = { profile, nameListed: false, scanClass: 'clamd', owner, deadlineMs: ANSWER_MS_MAX } as const;
      return agent.engine.scan(file, { ...request, signal });
    },
    clock: agent.clock,
    reload: async () => void (await agent.loader.refresh()),
    version: () => {
      const { id, createdAt } = agent.activeRelease().manifest;
      return `Lazaret ${PRODUCT_VERSION}/${id}/${createdAt}`;
    },
    partly: () => agent.inForce().policy.clamd.partly,
    doorProgram: agent.paths.clamdDoorProgram,
    // On the disk of the state, not in the run directory, which is memory.
    spoolDirectory: agent.paths.state,
  };
}
