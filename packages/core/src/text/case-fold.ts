// SPDX-License-Identifier: Apache-2.0
// One meaning of "without regard to case" (RT-3c, RT-3b, AC-1a), simple enough to be the same in script and in the gate: each character by itself becomes
// one character. `toLowerCase` alone is not that: a capital sigma depends on its neighbours, and U+0130 becomes two characters (docs/adr/0014).

/** U+0130: its lower case is two characters, so it stays as it is. */
const DOTTED_CAPITAL_I = '\u0130';

/** Both small sigmas are one. */
const FINAL_SIGMA = '\u03c2';
const SIGMA = '\u03c3';

/** The text as it is compared without regard to case. Characters are folded one by one; folding twice changes nothing. */
export function foldCase(text: string): string {
  if (!text.includes(DOTTED_CAPITAL_I)) return text.toLowerCase().replaceAll(FINAL_SIGMA, SIGMA);
  return text.split(DOTTED_CAPITAL_I).map(foldCase).join(DOTTED_CAPITAL_I);
}

/** The last code point of the planes whose scripts know case. */
const LAST_CASED = 0x1_ff_ff;

let foldedCharacters: readonly (readonly [string, string])[] | null = null;

/** Every character beyond ASCII that folding changes, with what it becomes. Made once: a few milliseconds. */
export function listFoldedCharacters(): readonly (readonly [string, string])[] {
  foldedCharacters ??= Array.from({ length: LAST_CASED - 0x7f }, (_, index) => String.fromCodePoint(index + 0x80))
    .map((character) => [character, foldCase(character)] as const)
    .filter(([character, folded]) => character !== folded);
  return foldedCharacters;
}
