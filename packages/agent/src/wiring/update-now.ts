// SPDX-License-Identifier: Apache-2.0
// The look for newer patterns (PF-1): at the manager as long as the VM belongs to one that has a release, else at the default sources.
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import type { OfferedRelease } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { decideLook, type ReleaseManifest } from '@lazaret/patterns';
import { downloadRelease, type LinkTools } from '../link/index.ts';
import { readMeta, writeMeta } from '../state/index.ts';
import type { Agent } from './open-agent.ts';

export interface UpdateOutcome {
  readonly outcome: 'nothing-new' | 'taken';
  readonly active: ReleaseManifest;
}

/** How the last look went. */
export interface LastLook {
  readonly checkedAt: string | null;
  readonly fault: string | null;
}

const FOREVER = new AbortController().signal;
const NEVER: LastLook = { checkedAt: null, fault: null };
const lastLookSchema = z.object({ checkedAt: z.iso.datetime().nullable(), fault: z.string().nullable() });

/** In the state: a restart does not heal what was refused, and must not clear its alarm (PF-4c). */
export function lastLook({ database }: Pick<Agent, 'database'>): LastLook {
  const text = readMeta(database, 'last-look');
  return text === null ? NEVER : lastLookSchema.parse(JSON.parse(text));
}

/** Looks for newer patterns and takes them; every look is recorded, "nothing new" and failures too (PF-1). */
export async function updateNow(
  agent: Agent,
  manager: LinkTools | null = null,
  signal: AbortSignal = FOREVER,
): Promise<UpdateOutcome> {
  const before = agent.activeRelease().manifest.id;
  const look = (fault: string | null): void => {
    const last: LastLook = { checkedAt: new Date(agent.clock.nowMs()).toISOString(), fault };
    writeMeta(agent.database, 'last-look', JSON.stringify(last));
  };
  try {
    const active = await takeNewest(agent, manager, signal);
    const outcome = active.id === before ? 'nothing-new' : 'taken';
    look(null);
    agent.spool.append('update.checked', { outcome, release: active.id, before });
    return { outcome, active };
  } catch (error) {
    const code = error instanceof LazaretError ? error.code : 'agent.internal';
    look(code);
    agent.spool.append('update.checked', { outcome: 'failed', release: before, code }, true);
    throw error;
  }
}

async function takeNewest(agent: Agent, manager: LinkTools | null, signal: AbortSignal): Promise<ReleaseManifest> {
  const active = agent.activeRelease().manifest;
  const look = decideLook(manager === null ? null : await manager.offeredRelease(signal), active);
  if (manager === null || look.does === 'look-at-sources') return (await agent.loader.refresh()).manifest;
  return look.does === 'stay' ? active : await fetchRelease(agent, look.release, manager, signal);
}

async function fetchRelease(
  agent: Agent,
  offered: OfferedRelease,
  manager: LinkTools,
  signal: AbortSignal,
): Promise<ReleaseManifest> {
  const { patterns } = agent.paths;
  const directory = await downloadRelease(offered, agent.releases.list(), patterns, manager.transport, signal);
  try {
    return (await agent.loader.adopt(offered, directory)).manifest;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
