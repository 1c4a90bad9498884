// SPDX-License-Identifier: Apache-2.0
import type { ManagerParts, ManagerServer } from '../server/index.ts';
import { registerMeRoutes } from './me-routes.ts';
import type { AuthOptions } from './options.ts';
import { registerSessionRoutes } from './session-routes.ts';
import { registerUserRoutes } from './user-routes.ts';

export { activeConsent, createAuthenticator } from './authenticator.ts';
export { type FairQueueLimits, fairQueue } from './fair-queue.ts';
export { auditOfUser } from './audit-of-user.ts';
export { giverOfNewTenant, requireOwn } from './granting.ts';
export { takeTotp } from './accounts.ts';
export { makeLink, type OneTimeLink } from './one-time-links.ts';
export type { AuthOptions } from './options.ts';
export { isSetupNeeded, makeSetupToken } from './setup.ts';
export { confirmPassword, findUserByEmail } from './proof.ts';
export { invite } from './users.ts';

export function registerAuthRoutes(server: ManagerServer, parts: ManagerParts, options: AuthOptions): void {
  registerSessionRoutes(server, parts, options);
  registerMeRoutes(server, parts, options);
  registerUserRoutes(server, parts);
}
