// SPDX-License-Identifier: Apache-2.0
// Schema `identity`: who exists. Its tables are exempt from "every key begins with the tenant", because they are what leads to a tenant.
import type { TenantRole, ConsentScope } from '@lazaret/contract';
import type { Generated, JSONColumnType } from 'kysely';
import type { AuditTable } from './audit.ts';
import type { AuthoritiesTable } from './link.ts';

export interface TenantsTable {
  readonly id: string;
  readonly name: string;
  readonly created_at: Generated<Date>;
  readonly suspended_at: Date | null;
}

export interface UsersTable {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly language: 'en' | 'ja';
  readonly password_hash: string | null;
  readonly provider: Generated<boolean>;
  readonly totp_sealed: Buffer | null;
  readonly totp_enabled_at: Date | null;
  /** The last time step that was used: a code counts once. */
  readonly totp_step: Generated<number>;
  readonly created_at: Generated<Date>;
}

export interface MembershipsTable {
  readonly tenant_id: string;
  readonly user_id: string;
  readonly role: TenantRole;
  readonly disabled_at: Date | null;
  readonly created_at: Generated<Date>;
}

export interface SessionsTable {
  readonly token_hash: Buffer;
  readonly user_id: string;
  readonly signed_in_by: 'password' | 'setup' | 'link';
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly address: string;
  readonly user_agent: string;
}

export interface SignInFailuresTable {
  readonly budget_hash: Buffer;
  readonly count: number;
  readonly since: Date;
  readonly locked_until: Date | null;
}

export interface KnownDevicesTable {
  readonly token_hash: Buffer;
  readonly user_id: string;
  readonly seen_at: Date;
}

export interface OneTimeLinksTable {
  readonly token_hash: Buffer;
  readonly purpose: 'password' | 'invitation';
  readonly user_id: string | null;
  readonly invitation_id: string | null;
  readonly expires_at: Date;
  /** Of a link for a password: the tenant whose member made it. Null: made by root on the manager's machine. */
  readonly tenant_id: string | null;
  readonly made_by: string | null;
  readonly token_id: string | null;
}

export interface InvitationsTable {
  readonly id: string;
  readonly tenant_id: string;
  readonly email: string;
  readonly role: TenantRole;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly made_by: string | null;
  readonly token_id: string | null;
  /** The first admin of a new tenant: invited by the provider, who is no member. */
  readonly by_provider: boolean;
}

export interface ApiTokensTable {
  readonly id: string;
  readonly tenant_id: string;
  readonly token_hash: Buffer;
  readonly name: string;
  readonly rights: string[];
  readonly created_by: string;
  /** The member whose rights it has at most; null for one from before, which opens nothing. */
  readonly made_by: string | null;
  /** The token that made it, with which it goes. */
  readonly parent_id: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
}

export interface ConsentsTable {
  readonly id: string;
  readonly tenant_id: string;
  readonly scope: ConsentScope;
  readonly reason: string;
  readonly granted_by: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly revoked_at: Date | null;
}

export interface ConsentUsesTable {
  readonly consent_id: string;
  readonly user_id: string;
  readonly hour: Date;
}

export interface InstallationTable {
  readonly name: string;
  readonly value: JSONColumnType<object>;
}

export interface IdentityTables {
  readonly tenants: TenantsTable;
  readonly users: UsersTable;
  readonly memberships: MembershipsTable;
  readonly sessions: SessionsTable;
  readonly sign_in_failures: SignInFailuresTable;
  readonly known_devices: KnownDevicesTable;
  readonly one_time_links: OneTimeLinksTable;
  readonly invitations: InvitationsTable;
  readonly api_tokens: ApiTokensTable;
  readonly consents: ConsentsTable;
  readonly consent_uses: ConsentUsesTable;
  readonly installation: InstallationTable;
  readonly authorities: AuthoritiesTable;
  /** The one table of schema `lazaret` that identity may write to: a change of users stands in the tenant's audit, in its own transaction. */
  readonly 'lazaret.audit': AuditTable;
}
