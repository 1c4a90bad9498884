// SPDX-License-Identifier: Apache-2.0
// Where a process can die between two steps that the disk can tell apart (AC-9). The product's hook does nothing; the crash
// test kills itself at each of them, and fails when one is never reached.

export const VAULT_POINTS = [
  'entry.opened',
  'entry.content-written',
  'entry.sealed',
  'entry.named',
  'entry.settled',
  'entry.removed',
  'restore.opened',
  'restore.content-written',
  'restore.attributes-written',
  'restore.noted',
  'restore.placed',
] as const;

export type VaultPoint = (typeof VAULT_POINTS)[number];

export type Reach<Point extends string> = (point: Point) => void;

export const noFaults: Reach<string> = () => undefined;
