// SPDX-License-Identifier: Apache-2.0
import type { Generated } from 'kysely';
import type { Json, Wide } from './vms.ts';

export interface ReleasesTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly label: string;
  readonly state: 'imported' | 'active' | 'withdrawn';
  readonly source: string;
  readonly created_at: Date;
  readonly imported_at: Date;
  readonly imported_by: string | null;
  readonly activated_at: Date | null;
  /** `{name, bytes, sha256}` of each. */
  readonly files: Json;
  readonly bytes: Wide;
}

export interface FilePartsTable {
  readonly tenant_id: string;
  readonly sha256: string;
  readonly part: number;
  readonly bytes: Buffer;
}

export interface SignaturesTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly kind: 'sha256' | 'clamav' | 'yara';
  readonly name: string;
  readonly body: string;
  readonly threat_kind: string;
  readonly reason: Generated<string>;
  readonly created_at: Date;
  readonly created_by: string | null;
  readonly state: 'checking' | 'active' | 'refused';
  readonly why: string | null;
}

export interface ReleaseTables {
  readonly releases: ReleasesTable;
  readonly file_parts: FilePartsTable;
  readonly signatures: SignaturesTable;
}
