// SPDX-License-Identifier: Apache-2.0
// The tables of a release: what IntelliScan looks at, what kind of threat a name is, what is recommended. Read from its
// directory; a release without a table of its own takes the starter set's.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
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
import { TABLE_FILES } from '@lazaret/patterns';

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

/** Throws `patterns.table` when a table is not one. */
export function readReleaseTables(directory: string, starter: string): ReleaseTables {
  const read = <T>(name: string, schema: z.ZodType<T>): T => readTable([directory, starter], name, schema);
  const own = existsSync(join(directory, TABLE_FILES.tenant)) ? read(TABLE_FILES.tenant, tenantSchema).names : [];
  const kinds = read(TABLE_FILES.kinds, kindsSchema).prefixes;
  return {
    intelliScan: read(TABLE_FILES.types, typesSchema),
    kinds,
    kindOf: compileKinds(kinds),
    actions: read(TABLE_FILES.actions, actionsSchema) as ActionTable,
    tenantNames: new Set(own),
  };
}

function readTable<T>(directories: readonly string[], name: string, schema: z.ZodType<T>): T {
  const path = directories.map((directory) => join(directory, name)).find((candidate) => existsSync(candidate)) ?? name;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? (error.issues[0]?.message ?? '') : (error as Error).message;
    throw new LazaretError('patterns.table', `${path} is not a table of a pattern release: ${why}.`, {
      where: path,
      cause: error,
    });
  }
}
