// SPDX-License-Identifier: Apache-2.0
// The last part of a whole ./check: each claim that docs/conformance.md counts was proved in this very run.
import { relative } from 'node:path';
import { readConformance } from '../conformance/read.ts';
import { findUnproved, type RanTest } from '../conformance/unproved.ts';
import { checkedFiles } from './checked-files.ts';
import type { Counts } from './counts.ts';

export function runProofs(passed: readonly RanTest[]): Counts {
  const { requirements, proofs } = readConformance(checkedFiles());
  const here = passed.map(({ file, name }) => ({ file: relative(process.cwd(), file), name }));
  const unproved = findUnproved(requirements, proofs.filesByClaim, here);
  for (const line of unproved) console.log(`FAIL ${line}`);
  return { passed: unproved.length === 0 ? 1 : 0, failed: unproved.length, skipped: 0 };
}
