// SPDX-License-Identifier: Apache-2.0
import type { Generated, JSONColumnType } from 'kysely';

export interface AuditTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly at: Generated<Date>;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly action: string;
  readonly subject: string;
  readonly before: JSONColumnType<object> | null;
  readonly after: JSONColumnType<object> | null;
}
