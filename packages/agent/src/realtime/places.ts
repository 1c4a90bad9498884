// SPDX-License-Identifier: Apache-2.0
// What real-time watches and what it does not (RT-8), for people: the gate's mounts, and policy entries that match nothing. Pure.
import type { GateMount } from '@lazaret/contract';
import type { CompiledGateRules } from '@lazaret/core';
import { displayOf } from '@lazaret/host';
import type { Place } from './types.ts';

function placeOf({ mountPoint, fileSystemType, device, namespace, why }: GateMount): Place {
  return {
    mountPoint: displayOf(mountPoint),
    fileSystemType,
    device,
    namespace: namespace ?? null,
    why: why ?? null,
  };
}

/** Places, and how many more there are than a message of the gate holds. */
export function placesOf(mounts: readonly GateMount[], more: number): readonly Place[] {
  const told = mounts.map(placeOf);
  if (more === 0) return told;
  const why = `${more} more are not listed`;
  return [...told, { mountPoint: '…', fileSystemType: 'unknown', device: null, namespace: null, why }];
}

/** An entry that does not exist yet, or lies on a network drive, is told where the mounts are told. */
export function uncoveredEntries(
  warnings: CompiledGateRules['warnings'],
  entryPath: (pointer: string) => string,
): readonly Place[] {
  const entries = warnings.filter(({ code }) => code === 'targets.missing' || code === 'targets.not_covered');
  return entries.map(({ path, message }) => ({
    mountPoint: entryPath(path),
    fileSystemType: 'unknown',
    device: null,
    namespace: null,
    why: message,
  }));
}
