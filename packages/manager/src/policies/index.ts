// SPDX-License-Identifier: Apache-2.0
import type { ManagerParts, ManagerServer } from '../server/index.ts';
import { registerExceptionRoutes } from './exception-routes.ts';
import { registerPolicyRoutes } from './routes.ts';
import { registerScheduleRoutes } from './schedule-routes.ts';

export { addException, type NewException } from './exceptions.ts';
export { type Change, desiredPolicy, ensureDefaultPolicy, POLICY_CHANNEL, readPolicyDocument } from './policies.ts';
export { changeOf } from './routes.ts';

/** Policies, their history, schedules and exceptions. */
export function registerPoliciesRoutes(server: ManagerServer, parts: ManagerParts): void {
  registerPolicyRoutes(server, parts);
  registerScheduleRoutes(server, parts);
  registerExceptionRoutes(server, parts);
}
