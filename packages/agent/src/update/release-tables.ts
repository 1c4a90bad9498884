// SPDX-License-Identifier: Apache-2.0
// The tables of a release: what IntelliScan looks at, what kind of threat a name is, what is recommended. Read from its
// directory; a release without a table of its own takes the starter set's.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LazaretError, type IntelliScanLists, type ThreatKind } from '@lazaret/core';
import { TABLE_FILES } from '@lazaret/patterns';
import { THREAT_KINDS } from '@lazaret/contract';

export interface ReleaseTables {
  readonly intelliScan: IntelliScanLists;
  readonly kindOf: (name: string) => ThreatKind;
}

const words = z.array(z.string().min(1).max(64)).max(4_096);
const typesSchema = z.object({ types: words, textTypes: words, listedNames: words });
const kindsSchema = z.object({ prefixes: z.array(z.object({ prefix: z.string(), kind: z.enum(THREAT_KINDS) })) });

export function readReleaseTables(directory: string, starter: string): ReleaseTables {
  const read = <T>(name: string, schema: z.ZodType<T>): T => readTable([directory, starter], name, schema);
  const kinds = read(TABLE_FILES.kinds, kindsSchema);
  return {
    intelliScan: read(TABLE_FILES.types, typesSchema),
    kindOf: (name) => kinds.prefixes.find(({ prefix }) => name.startsWith(prefix))?.kind ?? 'other',
  };
}

function readTable<T>(directories: readonly string[], name: string, schema: z.ZodType<T>): T {
  const path = directories.map((directory) => join(directory, name)).find((candidate) => existsSync(candidate)) ?? name;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new LazaretError('patterns.table', `${path} is not a table of a pattern release.`, {
      where: path,
      cause: error,
    });
  }
}
