// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { SCAN_SCOPES, scanPageSchema, scanSchema, scanStartedSchema } from '@lazaret/contract';
import { print } from '../output.ts';
import type { Fleet } from './account.ts';
import { printTable, runFleet, shortTime, type Json } from './run.ts';
import { allVms, findVmId } from './vms.ts';

interface StartOptions extends Json {
  readonly vm?: readonly string[];
  readonly kind: string;
  readonly path?: readonly string[];
}

export function addFleetScans(fleet: Command): void {
  const scan = fleet.command('scan').description('Scans of VMs: start, list, pause, resume, cancel.');
  scan
    .command('start')
    .description('Scan VMs now; without --vm all that are online.')
    .option('--vm <vm...>', 'names or ids')
    .option('--kind <kind>', SCAN_SCOPES.join(' | '), 'quick')
    .option('--path <path...>', 'with --kind paths')
    .option('--json', 'one line of JSON')
    .action((options: StartOptions) =>
      runFleet(
        options,
        (opened) => startScans(opened, options),
        ({ results }) => {
          for (const { vmId, scanId, error } of results) print(`${vmId}: ${error === null ? scanId : error.message}`);
        },
      ),
    );
  scan
    .command('list')
    .description('The latest scans.')
    .option('--json', 'one line of JSON')
    .action((options: Json) =>
      runFleet(
        options,
        async ({ api, base }) => (await api.ask('GET', `${base}/scans?limit=50`, scanPageSchema)).items,
        (items) =>
          printTable(
            ['ID', 'VM', 'KIND', 'STATE', 'STARTED (UTC)', 'FOUND', ''],
            items.map((one) => [
              one.id,
              one.vm.name,
              `${one.origin} ${one.scope}`,
              one.state,
              shortTime(one.startedAt),
              String(one.summary?.infected ?? one.progress?.infected ?? 0),
              one.progress?.percent == null ? '' : `${Math.floor(one.progress.percent)} %`,
            ]),
            'No scans yet.',
          ),
      ),
    );
  for (const verb of ['pause', 'resume', 'cancel'] as const) {
    scan
      .command(verb)
      .description(`${verb} a scan`)
      .argument('<scan>', 'id')
      .option('--json', 'one line of JSON')
      .action((id: string, options: Json) =>
        runFleet(
          options,
          ({ api, base }) => api.ask('POST', `${base}/scans/${encodeURIComponent(id)}/${verb}`, scanSchema),
          ({ state }) => print(`${state}: the VM is told`),
        ),
      );
  }
}

async function startScans(fleet: Fleet, { vm, kind, path }: StartOptions) {
  const online = async () => (await allVms(fleet, { state: 'online' })).map(({ id }) => id);
  const vmIds = vm === undefined ? await online() : await Promise.all(vm.map((text) => findVmId(fleet, text)));
  if (vmIds.length === 0) return { results: [] };
  return await fleet.api.ask('POST', `${fleet.base}/scans`, scanStartedSchema, { vmIds, kind, paths: path ?? [] });
}
