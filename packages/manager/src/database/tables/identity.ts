// SPDX-License-Identifier: Apache-2.0
// Schema `identity`: who exists. Its tables are exempt from "every key begins with the tenant", because they are what leads to a tenant.
import type { Generated } from 'kysely';
import type { AuditTable } from './audit.ts';

export interface TenantsTable {
  readonly id: string;
  readonly name: string;
  readonly created_at: Generated<Date>;
  readonly suspended_at: Date | null;
}

export interface IdentityTables {
  readonly tenants: TenantsTable;
  /** The one table of schema `lazaret` that identity may write to: a change of users stands in the tenant's audit, in its own transaction. */
  readonly 'lazaret.audit': AuditTable;
}
