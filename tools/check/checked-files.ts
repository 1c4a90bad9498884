// SPDX-License-Identifier: Apache-2.0
// The test files that every whole ./check runs, all parts together.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { PARTS } from './parts.ts';
import { filesOf } from './run-tests.ts';

export function checkedFiles(): ReadonlySet<string> {
  return new Set(
    PARTS.flatMap((part) => {
      if (part.kind === 'tests') return part.fullOnly === true ? [] : filesOf(part);
      // As the `include` of its Vite configuration says.
      return part.kind === 'vitest' ? globSync(join(part.directory, 'src/**/*.test.tsx')) : [];
    }),
  );
}
