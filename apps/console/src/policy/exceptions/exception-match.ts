// SPDX-License-Identifier: Apache-2.0
// The condition of an exception as the console edits and shows it.
import {
  EXCEPTION_MATCH_FIELDS,
  EXCEPTION_NARROWING_FIELDS,
  type ExceptionMatch,
  type ExceptionMatchField,
} from '@lazaret/core';

export const MATCH_KINDS = EXCEPTION_MATCH_FIELDS;
export type MatchKind = ExceptionMatchField;
export const NARROWINGS = EXCEPTION_NARROWING_FIELDS.process;

export interface KnownMatch {
  readonly kind: MatchKind;
  readonly value: string;
  /** What narrows a program: its content, an account, a service. */
  readonly narrowing: Readonly<Record<string, string>>;
}

export function matchOf(kind: MatchKind, value: string, narrowing: KnownMatch['narrowing'] = {}): ExceptionMatch {
  const narrows = kind === 'process' ? Object.entries(narrowing).filter(([, text]) => text !== '') : [];
  return { [kind]: value, ...Object.fromEntries(narrows) } as unknown as ExceptionMatch;
}

/** The condition of an exception; null where it has one that this console does not know. */
export function readMatch(match: ExceptionMatch): KnownMatch | null {
  const kind = MATCH_KINDS.find((known) => Object.hasOwn(match, known));
  if (kind === undefined) return null;
  const fields = Object.entries(match) as [string, unknown][];
  const allowed: readonly string[] = kind === 'process' ? [kind, ...NARROWINGS] : [kind];
  if (fields.some(([name, value]) => !allowed.includes(name) || typeof value !== 'string')) return null;
  const { [kind]: value = '', ...narrowing } = Object.fromEntries(fields) as Record<string, string>;
  return { kind, value, narrowing };
}
