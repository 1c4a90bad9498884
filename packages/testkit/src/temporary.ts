// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of the test's own; `after` of the test removes it. */
export function temporaryDirectory(test: { after(work: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'lazaret-test-'));
  test.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
