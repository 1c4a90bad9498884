// SPDX-License-Identifier: Apache-2.0
// Which characters beyond ASCII a set of folded rules needs folded. A character that becomes one which no rule holds cannot make a name meet a rule,
// folded or not; so the gate carries the few that can, and Unicode's tables stay in the runtime.
import { listFoldedCharacters } from '../text/case-fold.ts';
import { pathTextFromBytes, pathTextToBytes } from '../text/path-text.ts';
import { bytesTextFromBytes, bytesTextToBytes } from './bytes-text.ts';

/** Pairs of bytes as text, from and to. `texts`: all folded texts of the rules. */
export function foldsOf(texts: readonly string[]): readonly (readonly [string, string])[] {
  const used = new Set(texts.flatMap((text) => Array.from(pathTextFromBytes(bytesTextToBytes(text)))));
  return listFoldedCharacters()
    .filter(([, to]) => used.has(to))
    .map(([from, to]) => [bytesOf(from), bytesOf(to)] as const);
}

/** Each character that folds has bytes. */
function bytesOf(character: string): string {
  return bytesTextFromBytes(pathTextToBytes(character));
}
