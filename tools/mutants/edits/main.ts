// SPDX-License-Identifier: Apache-2.0
// `npm run mutants:edits [-- WORDS]`: each deliberate fault of edits.ts whose name has WORDS. Exit 0 only if a test saw each, and passes without it.
import { setImmediate as turn } from 'node:timers/promises';
import { EDITS } from './edits.ts';
import { passesUnedited, runEdit } from './run-edits.ts';

const words = process.argv.slice(2).join(' ');
const wanted = EDITS.filter(({ name }) => name.includes(words));
let bad = wanted.length === 0 ? 1 : 0;
// Heard between two edits, when each file is as it was.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));
for (const edit of wanted) {
  const result = passesUnedited(edit) ? runEdit(edit) : 'red without it';
  // A test that a signal ended has seen nothing.
  await turn();
  if (result !== 'seen') bad += 1;
  console.log(`${result === 'seen' ? 'ok  ' : 'FAIL'} ${edit.name}: ${result}`);
}
console.log(`${wanted.length} deliberate faults, ${bad} not as wanted`);
process.exitCode = bad === 0 ? 0 : 1;
