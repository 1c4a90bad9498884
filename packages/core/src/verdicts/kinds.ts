// SPDX-License-Identifier: Apache-2.0
// The kind of a threat from its pattern's name, by a prefix table that comes with the release. Names are free text of many authors; the table
// is where that ends.
import type { ThreatKind } from '../actions/action.ts';
import { foldCase } from '../text/case-fold.ts';

/** One row: the first whose prefix fits decides. Each `*.` at its start stands for any one part (`*.Trojan` fits `Win.Trojan.Agent-1`). */
export interface KindRow {
  readonly prefix: string;
  readonly kind: ThreatKind;
  /** It fits this one name, and none that begins so: a tenant's signature says nothing about the threats of others. */
  readonly exact?: boolean;
}

/** Kinds by name; a name that no row fits is `other`. Without regard to case. */
export function compileKinds(rows: readonly KindRow[]): (patternName: string) => ThreatKind {
  const prepared = prepareKindRows(rows);
  return (patternName) => {
    const name = foldCase(patternName);
    return prepared.find((row) => fits(row, behindParts(name, row.openParts)))?.kind ?? 'other';
  };
}

/** A row as it is compared: how many leading parts are open, and the folded text that must follow, and whether nothing may follow that. */
export interface PreparedKindRow {
  readonly openParts: number;
  readonly text: string;
  readonly kind: ThreatKind;
  readonly exact: boolean;
}

function fits({ text, exact }: PreparedKindRow, rest: string | null): boolean {
  return rest !== null && (exact ? rest === text : rest.startsWith(text));
}

export function prepareKindRows(rows: readonly KindRow[]): readonly PreparedKindRow[] {
  return rows.map(({ prefix, kind, exact = false }) => ({ ...splitPrefix(foldCase(prefix)), kind, exact }));
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
