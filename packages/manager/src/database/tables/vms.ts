// SPDX-License-Identifier: Apache-2.0
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** Written as JSON text, read as the value. */
export type Json = ColumnType<unknown, string, string>;
export type NullableJson = ColumnType<unknown, string | null, string | null>;
/** bigint: the driver reads it as text. */
export type Wide = ColumnType<string, number | string, number | string>;
export type NullableWide = ColumnType<string | null, number | string | null, number | string | null>;

export interface EnrolmentTokensTable {
  readonly tenant_id: string;
  readonly id: string;
  /** SHA-256 of the secret, hex. */
  readonly secret_hash: string;
  readonly policy_id: string;
  readonly group_id: string | null;
  readonly uses: number;
  readonly used: Generated<number>;
  readonly note: string;
  readonly created_at: Date;
  readonly created_by: string | null;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
}

export interface EnrolmentAttemptsTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly token_id: string;
  readonly vm_id: string | null;
  readonly name: string;
  readonly started_at: Date;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

export interface VmsTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly name: string;
  readonly group_id: string | null;
  /** Its own; null: its group's, else the tenant's default (`joinDesiredPolicy`). */
  readonly policy_id: string | null;
  /** Since when this choice stands. */
  readonly policy_since: Date;
  readonly membership: 'active' | 'pending' | 'retired';
  readonly created_at: Date;
  readonly accepted_at: Date | null;
  readonly retired_at: Date | null;
  readonly enrolment_token_id: string | null;
  readonly clone_of: string | null;
  readonly last_seen_at: Date | null;
  /** It said that it would go. */
  readonly stopped_at: Date | null;
  /** The agent's clock minus the manager's. */
  readonly clock_difference_ms: NullableWide;
  readonly holder: NullableJson;
  readonly machine: NullableJson;
  readonly report: NullableJson;
  readonly addresses: Generated<string[]>;
  readonly applied_hash: string | null;
  readonly protection: Generated<string>;
  readonly release: string | null;
  readonly release_created_at: Date | null;
  /** Of the vault's list that `quarantine_entries` was last brought to. */
  readonly vault_hash: string | null;
  /** SY-7: when a manager last knocked at its stand-by port by itself. */
  readonly knocked_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface VmCertificatesTable {
  readonly tenant_id: string;
  readonly serial: string;
  readonly vm_id: string;
  /** SHA-256 of the public key (SPKI), hex. */
  readonly key_hash: string;
  readonly not_after: Date;
  readonly created_at: Date;
  /** Withdrawn, or superseded by a newer one that is in use. */
  readonly revoked_at: Date | null;
  readonly first_used_at: ColumnType<Date | null, Date | undefined, Date>;
  /** When a copy of it was last seen. */
  readonly copied_at: ColumnType<Date | null, Date | undefined, Date>;
}

export interface CommandsTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly vm_id: string;
  readonly kind: string;
  readonly subject: string | null;
  readonly body: Json;
  readonly precondition: Json;
  readonly state: 'queued' | 'sent' | 'done' | 'failed' | 'expired';
  readonly created_at: Date;
  readonly created_by: string | null;
  /** Of the session that ordered it, where what comes of it is for that session alone. */
  readonly session_hash: Generated<Buffer | null>;
  readonly sent_at: Date | null;
  readonly ended_at: Date | null;
  readonly expires_at: Date;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly result: NullableJson;
}

export interface ScansTable {
  readonly tenant_id: string;
  /** The agent's run, and the command that asked for it. */
  readonly id: string;
  readonly vm_id: string;
  readonly origin: string;
  readonly scope: string;
  readonly paths: ColumnType<string[], string | undefined, string>;
  readonly state: string;
  readonly why: string | null;
  readonly requested_by: string | null;
  readonly queued_at: Date | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  /** When it was asked for or began. */
  readonly since: GeneratedAlways<Date>;
  readonly progress: NullableJson;
  readonly summary: NullableJson;
}

export interface QuarantineEntriesTable {
  readonly tenant_id: string;
  readonly vm_id: string;
  readonly entry: string;
  readonly state: 'held' | 'restored' | 'deleted' | 'missing';
  readonly path: string;
  readonly path_base64: string | null;
  readonly threat: string;
  readonly kind: string;
  readonly bytes: Wide;
  readonly sha256: string | null;
  readonly since: Date;
  readonly detection_id: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

export interface AlarmsTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly kind: string;
  readonly severity: 'act' | 'watch';
  readonly vm_id: string | null;
  readonly site: string | null;
  readonly vm_count: number;
  readonly since: Date;
  readonly cleared_at: Date | null;
  readonly facts: Json;
  readonly acknowledged_by: string | null;
  readonly acknowledged_at: Date | null;
}

export interface VmTables {
  readonly enrolment_tokens: EnrolmentTokensTable;
  readonly enrolment_attempts: EnrolmentAttemptsTable;
  readonly vms: VmsTable;
  readonly vm_certificates: VmCertificatesTable;
  readonly commands: CommandsTable;
  readonly scans: ScansTable;
  readonly quarantine_entries: QuarantineEntriesTable;
  readonly alarms: AlarmsTable;
}
