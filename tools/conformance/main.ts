// SPDX-License-Identifier: Apache-2.0
// Writes docs/conformance.md, or with --check fails when the committed one differs. Fails on every title that names no claim.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatConformance } from './document.ts';
import { collectProofs } from './proofs.ts';
import { parseRequirements } from './requirements.ts';
import { findTitles } from './titles.ts';

const OUTPUT = 'docs/conformance.md';
const TESTS = '{packages,apps,native,tools,tests,e2e,bench}/**/*.test.{ts,tsx}';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const requirements = parseRequirements(readFileSync('docs/requirements.md', 'utf8'));
const files = globSync(TESTS, { exclude: (name) => name.includes('node_modules') })
  .toSorted()
  .map((path) => ({ path, titles: findTitles(readFileSync(path, 'utf8')) }));
const proofs = collectProofs(requirements, files);
const problems = [...proofs.problems];
// A finder that finds nothing would make everything "not met" without a word.
if (files.every(({ titles }) => titles.length === 0)) problems.push(`no test was found by ${TESTS}`);
const document = formatConformance(requirements, proofs);
if (values.check !== true) writeFileSync(OUTPUT, document);
else if (readOrEmpty(OUTPUT) !== document) problems.push(`${OUTPUT} is out of date: run \`npm run conformance\``);
for (const problem of problems) console.error(`conformance: ${problem}`);
console.log(/\*\*.*\*\*/.exec(document)?.[0].replaceAll('*', ''));
process.exitCode = problems.length === 0 ? 0 : 1;

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
