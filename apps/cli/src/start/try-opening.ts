// SPDX-License-Identifier: Apache-2.0
// The journey's step in real-time: an infected file that another program cannot open, and the manager's word of who tried.
import { spawnSync } from 'node:child_process';
import type { RealtimeStatus } from '@lazaret/agent';
import { detectionDetailSchema, detectionPageSchema, type DetectionDetail } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { JourneyParts } from './journey-parts.ts';
import { until } from './until.ts';

export interface Opening {
  readonly state: RealtimeStatus['state'];
  /** Why it was not tried: real-time is not on here. */
  readonly reason: string | null;
  readonly refused: boolean;
  readonly openedBy: DetectionDetail['process'];
}

/** `path` is infected and was there before real-time was on: so the open itself meets it. */
export async function tryOpening(parts: JourneyParts, vmId: string, path: string): Promise<Opening> {
  const { state, reason } = await untilWatching(parts);
  if (state !== 'on') {
    parts.say(
      `Real-time scan is ${state} on this machine, so it cannot refuse opens. Reason: ${reason ?? 'none was given'}.`,
    );
    return { state, reason, refused: false, openedBy: null };
  }
  const since = new Date().toISOString();
  const { status, stderr } = spawnSync('cat', [path], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  const refused = status !== 0 && stderr.includes('Operation not permitted');
  if (!refused) throw new LazaretError('start.journey', 'An infected file could be opened.', { where: path });
  parts.say(`With real-time scan: cat ${path}: Operation not permitted`);
  const openedBy = await untilTold(parts, vmId, path, since);
  parts.say(`  the manager shows who tried: ${openedBy.executable} (process ${openedBy.pid}, ${openedBy.user ?? '?'})`);
  return { state, reason, refused, openedBy };
}

async function untilWatching({ agent, demo }: JourneyParts): Promise<RealtimeStatus> {
  return await until(async () => {
    const status = (await agent.call('realtime.status')) as RealtimeStatus;
    if (status.state === 'starting') return null;
    return status.state !== 'on' || status.watching.some(({ mountPoint }) => mountPoint === demo) ? status : null;
  }, 'real-time scan watches the demo folder');
}

async function untilTold(
  { tenant: { api, base } }: JourneyParts,
  vmId: string,
  path: string,
  since: string,
): Promise<NonNullable<DetectionDetail['process']>> {
  return await until(async () => {
    const page = await api.ask('GET', `${base}/detections?vm=${vmId}&from=${since}`, detectionPageSchema);
    const row = page.items.find((one) => one.origin === 'realtime' && one.path === path);
    if (row === undefined) return null;
    return (await api.ask('GET', `${base}/detections/${row.id}`, detectionDetailSchema)).process;
  }, 'the manager shows who tried');
}
