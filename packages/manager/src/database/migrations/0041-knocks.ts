// SPDX-License-Identifier: Apache-2.0
// When a VM was last knocked at (SY-7): the claim by which one manager of many knocks, and the limit on how often.
import type { Migration } from '../migration.ts';

export const knocks: Migration = {
  name: '0041-knocks',
  statements: ['alter table lazaret.vms add column knocked_at timestamptz'],
};
