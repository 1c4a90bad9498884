// SPDX-License-Identifier: Apache-2.0
// Cursors of lists: the sort key of the last item, in an opaque text. A list that grows meanwhile shows nothing twice and omits nothing.
import { LazaretError } from '@lazaret/core';
import type { z } from 'zod';
import { findUnfit } from './errors.ts';

/** Of an integer in the database. */
const NUMBER_MAX = 2_147_483_647;

export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key of a cursor, or null where there is none. Throws `api.invalid` for what is no cursor of this list. */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const parsed = schema.safeParse(key);
    if (parsed.success && findUnfit(key) === null && !hasHugeNumber(key)) return parsed.data;
  } catch {
    // It is no JSON.
  }
  throw new LazaretError('api.invalid', 'This is not a cursor of this list.', { where: '/cursor' });
}

/** Whoever makes a cursor up gets no further than with any other text: the database is asked nothing that it cannot hold. */
function hasHugeNumber(key: unknown): boolean {
  return Array.isArray(key) && key.some((one) => typeof one === 'number' && Math.abs(one) > NUMBER_MAX);
}

/** A page of rows of which one more than `limit` was asked for. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  total: number,
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => readonly (string | number)[],
): { items: Item[]; next: string | null; total: number } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null;
  return { items: shown.map(toItem), next, total };
}
