// SPDX-License-Identifier: Apache-2.0
// The kind of a threat from its pattern's name, by a prefix table that comes with the release. Names are free text of many authors; the table
// is where that ends.
import type { ThreatKind } from './action.ts';

/** One row: the first whose prefix fits decides. `*.` at its start stands for any first part (`*.Trojan` fits `Win.Trojan.Agent-1`). */
export interface KindRow {
  readonly prefix: string;
  readonly kind: ThreatKind;
}

/** Kinds by name; a name that no row fits is `other`. Without regard to case. */
export function compileKinds(rows: readonly KindRow[]): (patternName: string) => ThreatKind {
  const prepared = rows.map(({ prefix, kind }) => ({ ...splitPrefix(prefix.toLowerCase()), kind }));
  return (patternName) => {
    const name = patternName.toLowerCase();
    const behindFirstPart = name.slice(name.indexOf('.') + 1);
    return prepared.find((row) => (row.anyFirstPart ? behindFirstPart : name).startsWith(row.text))?.kind ?? 'other';
  };
}

function splitPrefix(prefix: string): { readonly anyFirstPart: boolean; readonly text: string } {
  return prefix.startsWith('*.')
    ? { anyFirstPart: true, text: prefix.slice(2) }
    : { anyFirstPart: false, text: prefix };
}
