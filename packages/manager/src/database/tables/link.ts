// SPDX-License-Identifier: Apache-2.0

/** Schema `identity`. */
export interface AuthoritiesTable {
  readonly id: string;
  readonly state: 'next' | 'active' | 'old';
  /** PEM. */
  readonly certificate: string;
  readonly key_sealed: Buffer;
  readonly created_at: Date;
  readonly since: Date;
  readonly not_after: Date;
}

export interface UploadPartsTable {
  readonly tenant_id: string;
  readonly command_id: string;
  readonly part: number;
  readonly sealed: Buffer;
  readonly received_at: Date;
}

export interface LinkTables {
  readonly upload_parts: UploadPartsTable;
}
