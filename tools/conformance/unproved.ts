// SPDX-License-Identifier: Apache-2.0
// What docs/conformance.md counts as proved, held against the tests that ran: a test that was skipped, is still to do, or was not run at all proves nothing.
import { collectProofs } from './proofs.ts';
import type { Requirements } from './requirements.ts';

export interface RanTest {
  /** Relative to the checkout. */
  readonly file: string;
  readonly name: string;
}

/** One line for each claim and file that `titles` count and no test of `passed` proves. */
export function findUnproved(
  requirements: Requirements,
  counted: ReadonlyMap<string, readonly string[]>,
  passed: readonly RanTest[],
): readonly string[] {
  const files = passed.map(({ file, name }) => ({ path: file, titles: [{ text: name, line: 0 }] }));
  const { filesByClaim } = collectProofs(requirements, files);
  return [...counted].flatMap(([claim, paths]) =>
    paths
      .filter((path) => !(filesByClaim.get(claim) ?? []).includes(path))
      .map((path) => `${claim}: no test of ${path} that names it ran and passed`),
  );
}
