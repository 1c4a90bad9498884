// SPDX-License-Identifier: Apache-2.0
// What the clamd socket needs of the agent: scans by manual limits, and nothing more.
import type { EngineProfile } from '../engine/index.ts';
import type { ClamdDependencies } from '../clamd/index.ts';
import { profileOf } from '../scan/index.ts';
import type { Agent } from './open-agent.ts';

/** As ClamAV's own answer: engine, set of patterns, when they were made. */
export const PRODUCT_VERSION = '0.1.0';

export function clamdDependencies(agent: Agent): ClamdDependencies {
  return {
    scan: (descriptor) => {
      const { limits } = agent.inForce().policy.manual;
      const profile: EngineProfile = profileOf(limits, null);
      return agent.engine.scan(descriptor, {
        profile,
        nameListed: false,
        priority: 0,
        deadlineMs: 2 * limits.fileTimeMs,
      });
    },
    reload: async () => void (await agent.loader.refresh()),
    version: () => {
      const { id, createdAt } = agent.activeRelease().manifest;
      return `Lazaret ${PRODUCT_VERSION}/${id}/${createdAt}`;
    },
    partly: () => agent.inForce().policy.clamd.partly,
    // On the disk of the state, not in the run directory, which is memory.
    spoolDirectory: agent.paths.state,
  };
}
