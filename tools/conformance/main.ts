// SPDX-License-Identifier: Apache-2.0
// Writes docs/conformance.md, or with --check fails when the committed one differs. Fails on every title that names no claim.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkedFiles } from '../check/checked-files.ts';
import { formatConformance } from './document.ts';
import { readConformance } from './read.ts';

const OUTPUT = 'docs/conformance.md';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const { requirements, proofs, problems: found } = readConformance(checkedFiles());
const problems = [...found];
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
