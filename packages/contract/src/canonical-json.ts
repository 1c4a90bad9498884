// SPDX-License-Identifier: Apache-2.0
// RFC 8785 (JSON Canonicalization Scheme): one text for one value, so that a hash names a policy. JavaScript's own number and string forms are
// the ones that the RFC asks for; what is left is the order of members (UTF-16 code units) and refusing what JSON cannot say.
import { formatPointer, LazaretError } from '@lazaret/core';

/** Nesting above this is refused: a reader must not run out of stack on a hostile file. */
export const JSON_DEPTH_MAX = 64;

/** SHA-256 in lower-case hex of a text's UTF-8 bytes. Handed in, because contract does no I/O and owns no cryptography. */
export type Sha256Hex = (text: string) => string;

/** The canonical text of a JSON value. Throws `json.not_canonical` with the pointer of what JSON cannot say. */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

/** Pointer of the first part that is no JSON (NaN, a lone surrogate, a date, undefined, too deep), or null when all is. */
export function findNonJson(value: unknown): string | null {
  try {
    canonicalJson(value);
    return null;
  } catch (error) {
    if (error instanceof LazaretError) return error.where ?? '';
    throw error;
  }
}

function write(value: unknown, steps: readonly (string | number)[]): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value === 'string') return writeString(value, steps);
  if (typeof value !== 'object' || steps.length >= JSON_DEPTH_MAX) return refuse(steps);
  if (Array.isArray(value)) return `[${Array.from(value, (item, index) => write(item, [...steps, index])).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return refuse(steps);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, item]) => `${writeString(name, steps)}:${write(item, [...steps, name])}`).join(',')}}`;
}

function writeString(text: string, steps: readonly (string | number)[]): string {
  return text.isWellFormed() ? JSON.stringify(text) : refuse(steps);
}

function refuse(steps: readonly (string | number)[]): never {
  const where = formatPointer(steps);
  throw new LazaretError('json.not_canonical', `The value at "${where}" cannot be written as JSON.`, { where });
}
