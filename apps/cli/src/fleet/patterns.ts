// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { patternsOverviewSchema } from '@lazaret/contract';
import { formatBytes } from '../words.ts';
import { printTable, runFleet, shortTime, type Json } from './run.ts';

export function addFleetPatterns(fleet: Command): void {
  fleet
    .command('patterns')
    .description('Show the pattern releases of the manager, and how many VMs have each.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) =>
      runFleet(
        options,
        ({ api, base }) => api.ask('GET', `${base}/patterns`, patternsOverviewSchema),
        ({ releases, vmsOther, vmsNone }) => {
          printTable(
            ['RELEASE', 'STATE', 'IMPORTED (UTC)', 'SIZE', 'VMS'],
            releases.map((one) => [
              one.id,
              one.state,
              shortTime(one.importedAt),
              formatBytes(one.bytes),
              String(one.vms),
            ]),
            'The manager has no pattern release. VMs keep their own.',
          );
          printTable(['OTHER RELEASES', 'NONE'], [[String(vmsOther), String(vmsNone)]], '');
        },
      ),
    );
}
