// SPDX-License-Identifier: Apache-2.0
export {
  type Access,
  accessOf,
  actorOf,
  type AskedBy,
  type Authenticator,
  type Principal,
  REQUEST_HEADER,
  type RouteRight,
  type TenantAccess,
} from './access.ts';
export { addressOf, readAddress } from './address.ts';
export { type HeldConnections, limitConnections } from './connections.ts';
export { createServer, isBehindTls, type ServerOptions } from './create-server.ts';
export type { StreamLimits } from './live.ts';
export { conflict, describeFailure, failureOf, FaultsError, isTooDeep, notFound } from './errors.ts';
export type { ManagerServer } from './manager-server.ts';
export { isLoopback } from './metrics.ts';
export { decodeCursor, encodeCursor, toPage } from './page.ts';
export type { ManagerParts } from './parts.ts';
