// SPDX-License-Identifier: Apache-2.0
import type { Host } from '@lazaret/host/ports';

/** What the vault asks of the operating system. */
export interface VaultHost extends Pick<Host, 'files'> {
  readonly processes: Pick<Host['processes'], 'self' | 'isAlive' | 'isThere'>;
}
