// SPDX-License-Identifier: Apache-2.0
export { clusterConnections, type Connections, urlConnections } from './connections.ts';
export { type Database, type IdentityTransaction, openDatabase, type TenantTransaction } from './database.ts';
export { DESIRED_POLICY } from './desired-policy.ts';
export { type JobQueue, type Jobs, startJobs } from './jobs.ts';
export { createRoles, knownMigrations, migrate } from './migrate.ts';
export { type AnyTransaction, LIVE_CHANNEL, notify, notifyLive } from './notify.ts';
export { OWNER_ROLE, type OwnCluster, startOwnCluster } from './own-cluster.ts';
export { withClient } from './outage.ts';
export { containing } from './containing.ts';
export { createLazaretDatabase } from './create-database.ts';
export type { SessionsTable, UsersTable } from './tables/identity.ts';
export type { PoliciesTable } from './tables/policies.ts';
export type { NoticesTable, TermsTable } from './tables/settings.ts';
export { runProgram } from './postgres-programs.ts';
