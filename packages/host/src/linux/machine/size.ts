// SPDX-License-Identifier: Apache-2.0
// How large this machine is (SY-1), and whether it may be activated.
import { existsSync, statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { findSizeFaults, LazaretError, type SizeFacts } from '@lazaret/core';

export function readSizeFacts(statePath: string): SizeFacts {
  const { blocks, bsize } = statfsSync(nearestExisting(statePath));
  return { memoryBytes: totalmem(), diskBytes: blocks * bsize };
}

/** Throws the first fault's code, with the number that was found; `force`: whoever asks takes it on. */
export function requireSize(facts: SizeFacts, force: boolean): void {
  const [fault] = force ? [] : findSizeFaults(facts);
  if (fault !== undefined) throw new LazaretError(fault.code, fault.message);
}

function nearestExisting(path: string): string {
  const above = dirname(path);
  return existsSync(path) || above === path ? path : nearestExisting(above);
}
