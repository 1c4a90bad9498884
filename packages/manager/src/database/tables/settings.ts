// SPDX-License-Identifier: Apache-2.0
import type { ColumnType } from 'kysely';

export interface Texts {
  readonly en: string;
  readonly ja: string;
}

type Json<T> = ColumnType<T, string, string>;

export interface SettingsTable {
  readonly tenant_id: string;
  readonly name: string;
  readonly value: Json<unknown>;
}

export interface NoticesTable {
  readonly tenant_id: string;
  readonly id: string;
  readonly kind: 'planned' | 'urgent';
  readonly title: Json<Texts>;
  readonly text: Json<Texts>;
  readonly reason: string | null;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly ended_at: Date | null;
  readonly end_text: ColumnType<Texts | null, string | null, string | null>;
  readonly tenant_ids: string[] | null;
  readonly created_at: Date;
}

export interface NoticeDeliveriesTable {
  readonly tenant_id: string;
  readonly notice_id: string;
  readonly event: string;
  readonly at: Date;
}

export interface TermsTable {
  readonly tenant_id: string;
  readonly version: number;
  readonly title: Json<Texts>;
  readonly text: Json<Texts>;
  readonly published_at: Date;
}

export interface TermsAcceptancesTable {
  readonly tenant_id: string;
  readonly version: number;
  readonly accepted_by: string;
  readonly accepted_at: Date;
}

export interface SettingsTables {
  readonly settings: SettingsTable;
  readonly notices: NoticesTable;
  readonly notice_deliveries: NoticeDeliveriesTable;
  readonly terms: TermsTable;
  readonly terms_acceptances: TermsAcceptancesTable;
}
