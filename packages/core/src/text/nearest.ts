// SPDX-License-Identifier: Apache-2.0
// Which known word somebody meant. For a message only: nothing is ever decided by it.

/** A longer word is no misspelling of ours; it also bounds the work. */
const WORD_LENGTH_MAX = 64;

/** The known word that is nearest to `word`; null when none is near. Case, hyphens and underscores do not count as a difference. */
export function findNearest(word: string, known: readonly string[]): string | null {
  if (word.length > WORD_LENGTH_MAX) return null;
  const plainWord = plain(word);
  let nearest: string | null = null;
  let least = Math.max(1, Math.ceil(plainWord.length / 3)) + 1;
  for (const candidate of known) {
    const steps = countEdits(plainWord, plain(candidate));
    if (steps < least) [nearest, least] = [candidate, steps];
  }
  return nearest;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** How many letters were left out, put in, changed, or swapped with their neighbour (optimal string alignment). */
function countEdits(from: string, to: string): number {
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      line[column] = Math.min(
        at(above, column) + 1,
        at(line, column - 1) + 1,
        at(above, column - 1) + (same ? 0 : 1),
        swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, above] = [above, line];
  }
  return at(above, to.length);
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY;
}
