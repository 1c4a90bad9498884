// SPDX-License-Identifier: Apache-2.0
import type { ManagerParts } from '../server/index.ts';
import { NOTICE_QUEUE, type NoticeJob, tellNotice } from './tell.ts';

export { registerNoticeRoutes } from './routes.ts';

/** Tells tenants of notices, in this process. */
export async function workNotices(parts: ManagerParts): Promise<void> {
  await parts.jobs.work<NoticeJob>(NOTICE_QUEUE, (job) => tellNotice(parts, job));
}
