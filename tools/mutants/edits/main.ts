// SPDX-License-Identifier: Apache-2.0
// `npm run mutants:edits [-- WORDS]`: each deliberate fault of edits.ts whose name has WORDS. Exit 0 only if a test saw each, and passes without it.
import { EDITS } from './edits.ts';
import { passesUnedited, runEdit } from './run-edits.ts';

const words = process.argv.slice(2).join(' ');
const wanted = EDITS.filter(({ name }) => name.includes(words));
let bad = wanted.length === 0 ? 1 : 0;
for (const edit of wanted) {
  const result = passesUnedited(edit) ? runEdit(edit) : 'red without it';
  if (result !== 'seen') bad += 1;
  console.log(`${result === 'seen' ? 'ok  ' : 'FAIL'} ${edit.name}: ${result}`);
}
console.log(`${wanted.length} deliberate faults, ${bad} not as wanted`);
process.exitCode = bad === 0 ? 0 : 1;
