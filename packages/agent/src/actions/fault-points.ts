// SPDX-License-Identifier: Apache-2.0
// Where a process can die between two steps of a removal that the disk can tell apart (AC-9).

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
