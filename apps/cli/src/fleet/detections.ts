// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { detectionDetailSchema, detectionPageSchema } from '@lazaret/contract';
import { print } from '../output.ts';
import { detectionForPeople } from './words/detection-for-people.ts';
import { requireId } from './ids.ts';
import { printTable, runFleet, shortTime, type Json } from './run.ts';
import { findVmId } from './vms.ts';

interface ListOptions extends Json {
  readonly vm?: string;
  readonly failed?: boolean;
  readonly search?: string;
  readonly limit: string;
}

export function addFleetDetections(fleet: Command): void {
  const detections = fleet.command('detections').description('List and show detections.');
  detections
    .command('list')
    .description('List detections, most recently received first.')
    .option('--vm <vm>', 'only this VM (name or id)')
    .option('--failed', 'only detections whose action failed, and which need a person')
    .option('--search <text>', 'part of a path or of a threat name')
    .option('--limit <number>', 'maximum number of detections, up to 500', '50')
    .option('--json', 'print one line of JSON')
    .action((options: ListOptions) =>
      runFleet(
        options,
        async (opened) => {
          const query = new URLSearchParams({ limit: options.limit });
          if (options.vm !== undefined) query.set('vm', await findVmId(opened, options.vm));
          if (options.failed) query.set('failed', 'true');
          if (options.search !== undefined) query.set('q', options.search);
          return await opened.api.ask('GET', `${opened.base}/detections?${query.toString()}`, detectionPageSchema);
        },
        ({ items }) =>
          printTable(
            ['TIME (UTC)', 'VM', 'THREAT', 'RESULT', 'FILE', 'ID'],
            items.map((one) => [shortTime(one.time), one.vm.name, one.threat, one.result, one.path, one.id]),
            'No detections.',
          ),
      ),
    );
  detections
    .command('show')
    .description('Show one detection with its actions, its policy rule and its notifications.')
    .argument('<id>')
    .option('--json', 'print one line of JSON')
    .action((id: string, options: Json) =>
      runFleet(
        options,
        ({ api, base }) =>
          api.ask('GET', `${base}/detections/${requireId(id, 'fleet detections list')}`, detectionDetailSchema),
        (one) => detectionForPeople(one).forEach(print),
      ),
    );
}
