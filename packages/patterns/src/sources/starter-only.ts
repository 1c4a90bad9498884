// SPDX-License-Identifier: Apache-2.0
// Decides whether a release has no patterns but the starter set's, and perhaps a tenant's own: that is said wherever protection is, because it finds little.
import { isPattern } from '../format/pattern-files.ts';
import { isTenantFile } from './own-signatures.ts';

/** `names`: of the release's files. `starter`: of the starter set's. */
export function isStarterOnly(names: readonly string[], starter: readonly string[]): boolean {
  const ofStarter = new Set(starter);
  return names.filter(isPattern).every((name) => ofStarter.has(name) || isTenantFile(name));
}
