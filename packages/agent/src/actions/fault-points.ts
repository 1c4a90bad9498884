// SPDX-License-Identifier: Apache-2.0
// The points of a removal at which a process can die and leave a different state on the disk (AC-9).

export const ACTION_POINTS = [
  'journal.written',
  'staging.made',
  'staging.moved',
  'staging.verified',
  'staging.unlinked',
  'staging.cleared',
  'journal.cleared',
] as const;

export type ActionPoint = (typeof ACTION_POINTS)[number];
