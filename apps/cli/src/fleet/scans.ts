// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import {
  COMMAND_HOURS,
  SCAN_SCOPES,
  scanPageSchema,
  scanSchema,
  scanStartedSchema,
  type Scan,
  type ScanStarted,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { EXIT, print } from '../output.ts';
import { safeText } from '../words.ts';
import type { Fleet } from './account.ts';
import { requireId } from './ids.ts';
import { readVms, whenDone } from './words/orders-for-people.ts';
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
    .description(
      'Scan VMs now. Without --vm, scan all VMs that are online. The policy of each VM (section manual) decides what happens to infected files, so files can be quarantined or deleted. Only the local `lazaret scan` changes nothing by default.',
    )
    .option('--vm <vm...>', 'names or ids')
    .option('--kind <kind>', SCAN_SCOPES.join(' | '), 'quick')
    .option('--path <path...>', 'paths to scan, with --kind paths')
    .option('--json', 'print one line of JSON')
    .action((options: StartOptions) =>
      runFleet(
        options,
        (opened) => startScans(opened, options),
        printStarted,
        ({ results }) => (results.some(({ error }) => error !== null) ? EXIT.error : EXIT.ok),
      ),
    );
  scan
    .command('list')
    .description('List the latest scans.')
    .option('--json', 'print one line of JSON')
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
      .option('--json', 'print one line of JSON')
      .action((id: string, options: Json) =>
        runFleet(
          options,
          ({ api, base }) => api.ask('POST', `${base}/scans/${requireId(id, 'fleet scan list')}/${verb}`, scanSchema),
          async (one, opened) => print(await controlForPeople(one, opened)),
        ),
      );
  }
}

async function startScans(fleet: Fleet, { vm, kind, path }: StartOptions) {
  const online = async () => (await allVms(fleet, { state: 'online' })).map(({ id }) => id);
  const vmIds = vm === undefined ? await online() : await Promise.all(vm.map((text) => findVmId(fleet, text)));
  if (vmIds.length === 0)
    throw new LazaretError(
      'fleet.no_vm',
      `No VM is online, so no scan was ordered. Name a VM with --vm: it scans at its next check-in, if that is within ${COMMAND_HOURS} hours.`,
      {
        where: '--vm',
      },
    );
  return await fleet.api.ask('POST', `${fleet.base}/scans`, scanStartedSchema, { vmIds, kind, paths: path ?? [] });
}

async function printStarted({ results }: ScanStarted, fleet: Fleet): Promise<void> {
  const vms = await readVms(
    fleet,
    results.map(({ vmId }) => vmId),
  );
  for (const { vmId, scanId, error } of results) {
    const name = safeText(vms.get(vmId)?.name ?? vmId);
    print(`${name}: ${error === null ? `scan ${scanId} is ${whenDone(vms.get(vmId))}` : error.message}`);
  }
  const failed = results.find(({ error }) => error !== null)?.error;
  if (failed) throw new LazaretError(failed.code, failed.message);
}

/** One that was withdrawn before its VM knew of it has ended: nobody is told. */
async function controlForPeople({ state, vm }: Scan, fleet: Fleet): Promise<string> {
  if (state === 'cancelled') return 'cancelled';
  return `${state}: ${whenDone((await readVms(fleet, [vm.id])).get(vm.id))}`;
}
