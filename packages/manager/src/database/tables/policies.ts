// SPDX-License-Identifier: Apache-2.0
import type { Generated } from 'kysely';

export interface PoliciesTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly name: string;
  readonly is_default: Generated<boolean>;
  readonly revision: number;
  readonly hash: string;
  readonly created_at: Generated<Date>;
  readonly updated_at: Generated<Date>;
}

export interface PolicyDocumentsTable {
  readonly tenant_id: string;
  readonly hash: string;
  /** RFC 8785 text: its SHA-256 is the hash. */
  readonly document: string;
  readonly created_at: Generated<Date>;
}

export interface PolicyRevisionsTable {
  readonly tenant_id: string;
  readonly policy_id: string;
  readonly revision: number;
  readonly hash: string;
  readonly author: string;
  readonly comment: string | null;
  readonly created_at: Generated<Date>;
}

export interface GroupsTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly name: string;
  readonly policy_id: string | null;
  readonly created_at: Generated<Date>;
}

export interface PolicyTables {
  readonly policies: PoliciesTable;
  readonly policy_documents: PolicyDocumentsTable;
  readonly policy_revisions: PolicyRevisionsTable;
  readonly groups: GroupsTable;
}
