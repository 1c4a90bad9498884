// SPDX-License-Identifier: Apache-2.0
// Whether a release has no patterns but the starter set's, and perhaps a tenant's own: that is said wherever protection is, because it finds little.
import { readdirSync } from 'node:fs';
import { classifyPatternFile } from '@lazaret/patterns';

/** As the manager names a tenant's own signatures. */
const OF_TENANT = /^tenant[.-]/;

/** `names`: of the release's files. `starter`: the directory of the starter set. */
export function isStarterOnly(names: readonly string[], starter: string): boolean {
  const ofStarter = new Set(readdirSync(starter));
  const patterns = names.filter((name) => ['clamav', 'yara'].includes(classifyPatternFile(name)));
  return patterns.every((name) => ofStarter.has(name) || OF_TENANT.test(name));
}
