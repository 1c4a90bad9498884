// SPDX-License-Identifier: Apache-2.0
import { LazaretError } from '@lazaret/core';
import type { ReleaseManifest } from '@lazaret/patterns';
import type { Agent } from './open-agent.ts';

export interface UpdateOutcome {
  readonly outcome: 'nothing-new' | 'taken';
  readonly active: ReleaseManifest;
}

/** Looks for newer patterns and takes them; every look is recorded, "nothing new" and failures too (PF-1). */
export async function updateNow(agent: Agent): Promise<UpdateOutcome> {
  const before = agent.activeRelease().manifest.id;
  try {
    const active = (await agent.loader.refresh()).manifest;
    const outcome = active.id === before ? 'nothing-new' : 'taken';
    agent.spool.append('update.checked', { outcome, release: active.id, before });
    return { outcome, active };
  } catch (error) {
    const code = error instanceof LazaretError ? error.code : 'agent.internal';
    agent.spool.append('update.checked', { outcome: 'failed', release: before, code }, true);
    throw error;
  }
}
