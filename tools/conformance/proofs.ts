// SPDX-License-Identifier: Apache-2.0
// Which claims the titles of tests name, and what is wrong with the names.
import type { Requirements } from './requirements.ts';
import type { Title } from './titles.ts';

const IDS = /^((?:[A-Z]{2}-\d+[a-z]?)(?:\s*,\s*[A-Z]{2}-\d+[a-z]?)*)\s*:/;
/** A title that begins like an id but is none (`LM-5 b:`, `AC-3aa:`, `RT-2a–c:`) is a claim that nobody would count. */
const LIKE_AN_ID = /^[A-Z]{2}-\d/;

export interface TestFile {
  readonly path: string;
  readonly titles: readonly Title[];
}

export interface Proofs {
  /** Claim → the files whose tests name it. */
  readonly filesByClaim: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly string[];
}

export function collectProofs(requirements: Requirements, files: readonly TestFile[]): Proofs {
  const claimsOfRow = new Map(requirements.rows.map((row) => [row.id, row.claims.map(({ id }) => id)]));
  const filesByClaim = new Map<string, string[]>();
  const problems: string[] = [];
  for (const { path, titles } of files) {
    for (const { text, line } of titles) {
      for (const name of namesOf(text, `${path}:${line}`, problems)) {
        const claim = resolve(name, claimsOfRow, `${path}:${line}`, problems);
        if (claim === null) continue;
        const known = filesByClaim.get(claim) ?? [];
        if (!known.includes(path)) filesByClaim.set(claim, [...known, path]);
      }
    }
  }
  for (const claim of filesByClaim.keys()) {
    const why = requirements.reasons.get(claim);
    if (why !== undefined)
      problems.push(`${claim} has a test, but docs/requirements.md says why it is not met: ${why}`);
  }
  return { filesByClaim, problems };
}

function namesOf(title: string, place: string, problems: string[]): readonly string[] {
  const match = IDS.exec(title);
  if (match !== null) return (match[1] ?? '').split(',').map((name) => name.trim());
  if (LIKE_AN_ID.test(title)) problems.push(`${place}: "${title}" begins like an id, but is none: write "LM-5b: …"`);
  return [];
}

/** A row without a letter is its only claim; where it has several, the letter must be said. */
function resolve(
  name: string,
  claimsOfRow: ReadonlyMap<string, readonly string[]>,
  place: string,
  problems: string[],
): string | null {
  const row = name.replace(/[a-z]$/, '');
  const claims = claimsOfRow.get(row);
  if (claims === undefined) return report(problems, `${place}: there is no row ${row}`);
  if (row !== name)
    return claims.includes(name) ? name : report(problems, `${place}: ${row} has no letter ${name.at(-1)}`);
  return claims.length === 1
    ? (claims[0] ?? null)
    : report(problems, `${place}: ${row} has several letters: say which`);
}

function report(problems: string[], problem: string): null {
  problems.push(problem);
  return null;
}
