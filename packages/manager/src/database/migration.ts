// SPDX-License-Identifier: Apache-2.0
// What a migration is, and the statements that every table of a tenant gets.

/** SQL kept to what PostgreSQL 15 knows. Names sort in the order in which they are done: `0001-name`. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/** The tenant of the transaction; null, and so no row, where none was taken on. */
export const CURRENT_TENANT = "nullif(current_setting('lazaret.tenant', true), '')::uuid";
const PROVIDER = "'00000000-0000-0000-0000-000000000000'::uuid";

/** Row-level security on a table of schema `lazaret`, held against its owner, too; and what the application may do with it. */
export function tenantTable(table: string, rights = 'select, insert, update, delete'): readonly string[] {
  return [
    `alter table lazaret.${table} enable row level security`,
    `alter table lazaret.${table} force row level security`,
    `create policy tenant on lazaret.${table} using (tenant_id = ${CURRENT_TENANT}) with check (tenant_id = ${CURRENT_TENANT})`,
    `grant ${rights} on lazaret.${table} to lazaret_app`,
  ];
}

/** Beside it: every tenant may read (never write) what the provider put there for all. */
export function readableFromProvider(table: string): readonly string[] {
  return [`create policy provider on lazaret.${table} for select using (tenant_id = ${PROVIDER})`];
}
