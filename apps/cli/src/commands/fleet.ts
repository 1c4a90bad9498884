// SPDX-License-Identifier: Apache-2.0
// `lazaret fleet`: the manager's API for people and scripts. Everything local stays under the other commands.
import type { Command } from 'commander';
import { addFleetDetections } from '../fleet/detections.ts';
import { addFleetLogin } from '../fleet/login.ts';
import { addFleetPatterns } from '../fleet/patterns.ts';
import { addFleetPolicies } from '../fleet/policies.ts';
import { addFleetQuarantine } from '../fleet/quarantine.ts';
import { addFleetScans } from '../fleet/scans.ts';
import { addFleetTokens } from '../fleet/tokens.ts';
import { addFleetVms } from '../fleet/vm-commands.ts';

export function addFleet(program: Command): void {
  const fleet = program
    .command('fleet')
    .description('Administer all VMs of a tenant through its manager. Start with `lazaret fleet login`.');
  for (const add of [
    addFleetLogin,
    addFleetVms,
    addFleetPolicies,
    addFleetScans,
    addFleetDetections,
    addFleetQuarantine,
    addFleetTokens,
    addFleetPatterns,
  ])
    add(fleet);
}
