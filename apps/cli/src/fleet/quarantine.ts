// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { quarantinePageSchema, quarantineResultsSchema, type QuarantineResults } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { print } from '../output.ts';
import { formatBytes } from '../words.ts';
import type { Fleet } from './account.ts';
import { printTable, runFleet, shortTime, type Json } from './run.ts';
import { findVmId } from './vms.ts';

interface ListOptions extends Json {
  readonly vm?: string;
}

interface OrderOptions extends Json {
  readonly vm: string;
}

interface RestoreOptions extends OrderOptions {
  readonly except?: string;
  readonly directory?: string;
}

export function addFleetQuarantine(fleet: Command): void {
  const quarantine = fleet.command('quarantine').description('Held files of all VMs: list, restore, delete.');
  quarantine
    .command('list')
    .description('What the vaults hold, the newest first.')
    .option('--vm <vm>', 'name or id')
    .option('--json', 'one line of JSON')
    .action((options: ListOptions) =>
      runFleet(
        options,
        async (opened) => {
          const query = new URLSearchParams({ limit: '500' });
          if (options.vm !== undefined) query.set('vm', await findVmId(opened, options.vm));
          return await opened.api.ask('GET', `${opened.base}/quarantine?${query.toString()}`, quarantinePageSchema);
        },
        ({ items }) =>
          printTable(
            ['SINCE (UTC)', 'VM', 'THREAT', 'STATE', 'SIZE', 'FILE', 'ENTRY'],
            items.map((one) => [
              shortTime(one.since),
              one.vm.name,
              one.threat,
              one.state,
              formatBytes(one.bytes),
              one.path,
              one.entry,
            ]),
            'Nothing is held.',
          ),
      ),
    );
  quarantine
    .command('restore')
    .description('Put held files of a VM back as they were.')
    .argument('<entry...>')
    .requiredOption('--vm <vm>', 'name or id')
    .option('--except <reason>', 'with an exception by content, or they are taken again')
    .option('--directory <path>', 'another place on the VM')
    .option('--json', 'one line of JSON')
    .action((entries: string[], options: RestoreOptions) =>
      runFleet(options, (opened) => restore(opened, entries, options), printResults),
    );
  quarantine
    .command('delete')
    .description('Delete held files of a VM for good. No copy remains.')
    .argument('<entry...>')
    .requiredOption('--vm <vm>', 'name or id')
    .option('--json', 'one line of JSON')
    .action((entries: string[], options: OrderOptions) =>
      runFleet(
        options,
        async (opened) => {
          const body = await referTo(opened, entries, options.vm);
          return await opened.api.ask('POST', `${opened.base}/quarantine/delete`, quarantineResultsSchema, body);
        },
        printResults,
      ),
    );
}

async function referTo(fleet: Fleet, entries: readonly string[], vm: string) {
  const vmId = await findVmId(fleet, vm);
  return { entries: entries.map((entry) => ({ vmId, entry })) };
}

async function restore(fleet: Fleet, entries: readonly string[], { vm, except, directory }: RestoreOptions) {
  const exception = except === undefined ? {} : { exception: { reason: except, expires: null } };
  const place = directory === undefined ? {} : { directory };
  const body = { ...(await referTo(fleet, entries, vm)), ...exception, ...place };
  return await fleet.api.ask('POST', `${fleet.base}/quarantine/restore`, quarantineResultsSchema, body);
}

function printResults({ results }: QuarantineResults): void {
  for (const { entry, error } of results) print(`${entry}: ${error === null ? 'the VM is told' : error.message}`);
  const failed = results.find(({ error }) => error !== null)?.error;
  if (failed) throw new LazaretError(failed.code, failed.message);
}
