// SPDX-License-Identifier: Apache-2.0
// The kind of a threat from its pattern's name, by a prefix table that comes with the release. Names are free text of many authors; the table
// is where that ends.
import type { ThreatKind } from './action.ts';
import { foldCase } from './case-fold.ts';

/** One row: the first whose prefix fits decides. Each `*.` at its start stands for any one part (`*.Trojan` fits `Win.Trojan.Agent-1`). */
export interface KindRow {
  readonly prefix: string;
  readonly kind: ThreatKind;
}

/** Kinds by name; a name that no row fits is `other`. Without regard to case. */
export function compileKinds(rows: readonly KindRow[]): (patternName: string) => ThreatKind {
  const prepared = prepareKindRows(rows);
  return (patternName) => {
    const name = foldCase(patternName);
    return prepared.find((row) => behindParts(name, row.openParts)?.startsWith(row.text))?.kind ?? 'other';
  };
}

/** A row as it is compared: how many leading parts are open, and the folded text that must follow. */
export interface PreparedKindRow {
  readonly openParts: number;
  readonly text: string;
  readonly kind: ThreatKind;
}

export function prepareKindRows(rows: readonly KindRow[]): readonly PreparedKindRow[] {
  return rows.map(({ prefix, kind }) => ({ ...splitPrefix(foldCase(prefix)), kind }));
}

/** How many leading parts a prefix leaves open, and the text that must follow. */
function splitPrefix(prefix: string): { readonly openParts: number; readonly text: string } {
  const openParts = /^(\*\.)*/.exec(prefix)?.[0].length ?? 0;
  return { openParts: openParts / 2, text: prefix.slice(openParts) };
}

/** The name without its first parts; null where it has no more than those. */
function behindParts(name: string, parts: number): string | null {
  let at = 0;
  for (let part = 0; part < parts; part++) {
    at = name.indexOf('.', at) + 1;
    if (at === 0) return null;
  }
  return name.slice(at);
}
