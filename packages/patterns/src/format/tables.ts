// SPDX-License-Identifier: Apache-2.0
// Decides what the tables of a release may say: what IntelliScan looks at, what kind of threat a name is, what is recommended, which names are a tenant's own.
import { ACTIONS, THREAT_KINDS } from '@lazaret/contract';
import {
  compileKinds,
  findActionTableFaults,
  LazaretError,
  type ActionTable,
  type IntelliScanLists,
  type KindRow,
  type ThreatKind,
} from '@lazaret/core';
import { z } from 'zod';

export interface ReleaseTables {
  readonly intelliScan: IntelliScanLists;
  readonly kinds: readonly KindRow[];
  readonly kindOf: (name: string) => ThreatKind;
  readonly actions: ActionTable;
  /** Names of the tenant's own patterns (PF-6e); none where the release has none. */
  readonly tenantNames: ReadonlySet<string>;
}

const words = z.array(z.string().min(1).max(64)).max(4_096);
const typesSchema = z.strictObject({ types: words, textTypes: words, listedNames: words });
const kindsSchema = z.strictObject({
  prefixes: z
    .array(
      z.strictObject({
        prefix: z.string().min(1).max(256),
        kind: z.enum(THREAT_KINDS),
        exact: z.boolean().exactOptional(),
      }),
    )
    .max(10_000),
});
const tenantSchema = z.strictObject({ names: z.array(z.string().min(1).max(256)).max(100_000) });
const ruleSchema = z.strictObject({
  primary: z.enum(ACTIONS),
  secondary: z.literal('quarantine').nullable(),
  notify: z.enum(['detected', 'failed']),
});
const rulesSchema = z.partialRecord(z.enum(THREAT_KINDS), ruleSchema);
const actionsSchema = z
  .strictObject({ realtime: rulesSchema, scheduled: rulesSchema, manual: rulesSchema })
  .superRefine((table, context) => {
    for (const message of findActionTableFaults(table)) context.addIssue({ code: 'custom', message });
  });

/** A table's text, and the place that a fault names. */
export interface TableText {
  readonly text: string;
  readonly where: string;
}

export interface TableTexts {
  readonly types: TableText;
  readonly kinds: TableText;
  readonly actions: TableText;
  /** Null: the release is no tenant's. */
  readonly tenant: TableText | null;
}

/** Throws `patterns.table` when a table is not one. */
export function parseTables({ types, kinds, actions, tenant }: TableTexts): ReleaseTables {
  const own = tenant === null ? [] : parseTable(tenant, tenantSchema).names;
  const { prefixes } = parseTable(kinds, kindsSchema);
  return {
    intelliScan: parseTable(types, typesSchema),
    kinds: prefixes,
    kindOf: compileKinds(prefixes),
    actions: parseTable(actions, actionsSchema) as ActionTable,
    tenantNames: new Set(own),
  };
}

function parseTable<T>({ text, where }: TableText, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw tableFault(where, error);
  }
}

/** Also for a table that cannot be read. */
export function tableFault(where: string, cause: unknown): LazaretError {
  const why = cause instanceof z.ZodError ? (cause.issues[0]?.message ?? '') : (cause as Error).message;
  return new LazaretError('patterns.table', `${where} is not a table of a pattern release: ${why}.`, { where, cause });
}

/** Of another's table only that it has rows: what they say is judged where it is put to use. */
const rowsSchema = z.object({ prefixes: z.array(z.unknown()) });

/** A table of kinds with rows before all others. Throws `patterns.table`. */
export function withKindsBefore(rows: readonly KindRow[], { text, where }: TableText): string {
  const { prefixes } = parseTable({ text, where }, rowsSchema);
  return JSON.stringify({ prefixes: [...rows, ...prefixes] });
}

export function formatTenantTable(names: readonly string[]): string {
  return JSON.stringify({ names: [...new Set(names)].toSorted() });
}
