// SPDX-License-Identifier: Apache-2.0
// Decides which release comes after which: what a look takes (PF-1), what the way back is (PF-4d), and which releases are kept for it.
import { LazaretError } from '@lazaret/core';

interface Named {
  readonly manifest: { readonly id: string };
}

/** What a look for newer patterns does. */
export type Look<R> =
  | { readonly does: 'look-at-sources' }
  | { readonly does: 'stay' }
  | { readonly does: 'fetch'; readonly release: R };

/** A manager that has a release goes before the sources of the VM, and before what a person loaded or rolled back to. `offered`: null where there is none. */
export function decideLook<R extends { readonly id: string }>(
  offered: R | null,
  active: { readonly id: string },
): Look<R> {
  if (offered === null) return { does: 'look-at-sources' };
  return offered.id === active.id ? { does: 'stay' } : { does: 'fetch', release: offered };
}

/** The way back is one step, and forward again. Throws `patterns.no_previous`. */
export function wayBack<R extends Named>(previous: R | null): R {
  if (previous !== null) return previous;
  throw new LazaretError('patterns.no_previous', 'There is no previous pattern release.');
}

/** The one before stays for the way back, and no other. */
export function isKept(id: string, active: Named | null, previous: Named | null): boolean {
  return id === active?.manifest.id || id === previous?.manifest.id;
}
