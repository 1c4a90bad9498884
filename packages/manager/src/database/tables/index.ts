// SPDX-License-Identifier: Apache-2.0
// The tables as Kysely knows them. Each area has its own file; here they come together.
import type { AuditTable } from './audit.ts';
import type { EventTables } from './events.ts';
import type { LinkTables } from './link.ts';
import type { NotificationTables } from './notifications.ts';
import type { PolicyTables } from './policies.ts';
import type { ReleaseTables } from './releases.ts';
import type { SettingsTables } from './settings.ts';
import type { VmTables } from './vms.ts';

export type { IdentityTables } from './identity.ts';

/** Schema `lazaret`: rows of tenants. Reached by `asTenant` alone. */
export interface Tables
  extends PolicyTables,
    VmTables,
    EventTables,
    ReleaseTables,
    LinkTables,
    NotificationTables,
    SettingsTables {
  readonly audit: AuditTable;
}
