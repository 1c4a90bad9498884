// SPDX-License-Identifier: Apache-2.0
// The requirements and the tests that claim to prove them, as the checkout has them.
import { globSync, readFileSync } from 'node:fs';
import { collectProofs, type Proofs } from './proofs.ts';
import { parseRequirements, type Requirements } from './requirements.ts';
import { findTitles } from './titles.ts';

const ALL_TESTS = '{packages,apps,native,tools,tests,e2e,bench}/**/*.test.{ts,tsx}';

export interface Conformance {
  readonly requirements: Requirements;
  readonly proofs: Proofs;
  readonly problems: readonly string[];
}

/** `checked`: the files that ./check runs. A claim in a title elsewhere is a problem: nothing would ever show that it holds. */
export function readConformance(checked: ReadonlySet<string>): Conformance {
  const requirements = parseRequirements(readFileSync('docs/requirements.md', 'utf8'));
  const files = globSync(ALL_TESTS, { exclude: (name) => name.includes('node_modules') })
    .toSorted()
    .map((path) => ({ path, titles: findTitles(readFileSync(path, 'utf8')) }));
  const proofs = collectProofs(requirements, files);
  const problems = [...proofs.problems];
  // A finder that finds nothing would make everything "not met" without a word.
  if (files.every(({ titles }) => titles.length === 0)) problems.push(`no test was found by ${ALL_TESTS}`);
  for (const [claim, paths] of proofs.filesByClaim) {
    for (const path of paths.filter((one) => !checked.has(one)))
      problems.push(`${claim} is claimed by ${path}, which no part of ./check runs`);
  }
  return { requirements, proofs, problems };
}
