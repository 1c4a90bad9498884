// SPDX-License-Identifier: Apache-2.0
import type { Json, Wide } from './vms.ts';

export interface EventPositionsTable {
  readonly tenant_id: string;
  readonly vm_id: string;
  readonly epoch: string;
  readonly last_sequence: Wide;
}

export interface EventsTable {
  readonly tenant_id: string;
  readonly received_at: Date;
  readonly id: string;
  readonly vm_id: string;
  readonly time: Date;
  readonly type: string;
  readonly body: Json;
}

export interface DetectionsTable {
  readonly tenant_id: string;
  readonly received_at: Date;
  readonly id: string;
  readonly vm_id: string;
  readonly time: Date;
  readonly origin: string;
  readonly path: string;
  readonly path_base64: string | null;
  readonly threat: string;
  readonly kind: string;
  readonly bytes: Wide;
  readonly sha256: string | null;
  readonly action: string | null;
  readonly result: string;
  readonly quarantine_entry: string | null;
  readonly body: Json;
}

export interface EventTables {
  readonly event_positions: EventPositionsTable;
  readonly events: EventsTable;
  readonly detections: DetectionsTable;
}
