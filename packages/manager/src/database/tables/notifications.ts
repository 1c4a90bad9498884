// SPDX-License-Identifier: Apache-2.0
import type { ColumnType, Generated } from 'kysely';

export interface NotificationWindowsTable {
  readonly tenant_id: string;
  readonly vm_id: string;
  readonly file_key: string;
  readonly threat: string;
  readonly opened_at: Date;
  readonly repeats: number;
  readonly last_repeat_at: Date | null;
  readonly message: ColumnType<unknown, string, string>;
}

export interface OutboxTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly channel: 'mail' | 'webhook';
  readonly recipient: string;
  readonly language: string;
  readonly message: ColumnType<unknown, string, string>;
  readonly detection_id: string | null;
  readonly state: Generated<'waiting' | 'sent' | 'given-up'>;
  readonly attempts: Generated<number>;
  readonly created_at: Date;
  readonly next_at: Date;
  readonly settled_at: Date | null;
  readonly last_error: string | null;
}

export interface NotificationTables {
  readonly notification_windows: NotificationWindowsTable;
  readonly outbox: OutboxTable;
}
