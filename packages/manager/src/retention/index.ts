// SPDX-License-Identifier: Apache-2.0
import type { JobQueue } from '../database/index.ts';
import type { ManagerParts } from '../server/index.ts';
import { forgetOld } from './forget-old.ts';

const RETENTION_QUEUE: JobQueue = {
  name: 'retention',
  retryLimit: 3,
  retryDelaySeconds: 60,
  retryDelayMaxSeconds: 3_600,
  expireInSeconds: 3_600,
};
/** Once a night; whichever manager is free does it. */
const NIGHTLY = '17 3 * * *';

/** Lets go of what has been kept long enough, in this process. */
export async function workRetention(parts: ManagerParts): Promise<void> {
  await parts.jobs.work(RETENTION_QUEUE, () => forgetOld(parts));
  await parts.jobs.schedule(RETENTION_QUEUE.name, NIGHTLY);
}
