// SPDX-License-Identifier: Apache-2.0
// Reads the tables of a release from its directory; a release without a table of its own takes the starter set's. What they may say is decided in
// packages/patterns.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTables, TABLE_FILES, tableFault, type ReleaseTables, type TableText } from '@lazaret/patterns';

/** Throws `patterns.table` when a table is not one. */
export function readReleaseTables(directory: string, starter: string): ReleaseTables {
  const both = [directory, starter];
  return parseTables({
    kinds: readTable(both, TABLE_FILES.kinds),
    types: readTable(both, TABLE_FILES.types),
    actions: readTable(both, TABLE_FILES.actions),
    // Nobody's own names are the starter set's.
    tenant: existsSync(join(directory, TABLE_FILES.tenant)) ? readTable([directory], TABLE_FILES.tenant) : null,
  });
}

function readTable(directories: readonly string[], name: string): TableText {
  const where = directories.map((directory) => join(directory, name)).find((path) => existsSync(path)) ?? name;
  try {
    return { text: readFileSync(where, 'utf8'), where };
  } catch (error) {
    throw tableFault(where, error);
  }
}
