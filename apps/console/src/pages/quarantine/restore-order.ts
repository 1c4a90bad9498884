// SPDX-License-Identifier: Apache-2.0
// What a person wishes for at a restore, as the order that the manager takes. Pure.
import type { QuarantineReference, QuarantineRestore } from '@lazaret/contract';

export interface HeldFile extends QuarantineReference {
  readonly vmName: string;
  readonly path: string;
}

export interface Wish {
  readonly place: 'old' | 'other';
  readonly directory: string;
  readonly exception: 'none' | 'sha256';
  readonly reason: string;
  /** A day, or nothing. */
  readonly until: string;
}

export const FIRST_WISH: Wish = { place: 'old', directory: '', exception: 'none', reason: '', until: '' };

export function restoreOrder(entries: readonly HeldFile[], wish: Wish): QuarantineRestore {
  const { place, directory, exception, reason, until } = wish;
  const expires = until === '' ? null : new Date(until).toISOString();
  return {
    entries: entries.map(({ vmId, entry }) => ({ vmId, entry })),
    ...(place === 'other' ? { directory } : {}),
    ...(exception === 'sha256' ? { exception: { reason, expires } } : {}),
  };
}
