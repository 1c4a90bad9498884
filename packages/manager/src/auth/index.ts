// SPDX-License-Identifier: Apache-2.0
import type { ManagerParts, ManagerServer } from '../server/index.ts';
import { registerMeRoutes } from './accounts/me-routes.ts';
import type { AuthRouteOptions } from './options.ts';
import { registerSessionRoutes } from './sessions/session-routes.ts';
import { registerUserRoutes } from './accounts/user-routes.ts';

export { activeConsent, createAuthenticator } from './sign-in/authenticator.ts';
export { type FairQueueLimits, fairQueue } from './sign-in/fair-queue.ts';
export { forgetExpired } from './forget-expired.ts';
export { endSessions } from './sessions/sessions.ts';
export { auditOfUser } from './accounts/audit-of-user.ts';
export { giverOfNewTenant, requireOwn } from './grants/granting.ts';
export { takeTotp } from './accounts/accounts.ts';
export { makeLink, type OneTimeLink } from './grants/one-time-links.ts';
export type { AuthOptions } from './options.ts';
export { isSetupNeeded, makeSetupToken } from './accounts/setup.ts';
export { confirmPassword, findUserByEmail } from './factors/proof.ts';
export { invite } from './accounts/users.ts';

export function registerAuthRoutes(server: ManagerServer, parts: ManagerParts, options: AuthRouteOptions): void {
  registerSessionRoutes(server, parts, options);
  registerMeRoutes(server, parts, options);
  registerUserRoutes(server, parts);
}
