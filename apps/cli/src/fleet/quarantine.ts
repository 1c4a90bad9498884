// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { quarantineResultsSchema, type QuarantineEntry, type QuarantineReference } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { EXIT, print } from '../output.ts';
import { countOf, formatBytes, safeText } from '../words.ts';
import type { Fleet } from './account.ts';
import {
  chooseHeld,
  orderInParts,
  readHeld,
  referTo,
  requireOneWay,
  type Chosen,
  type HeldFilter,
  type Ordered,
} from './held-files.ts';
import { readVms, whenDone } from './words/orders-for-people.ts';
import { printTable, runFleet, shortTime, type Json } from './run.ts';
import { findVmId } from './vms.ts';

interface ListOptions extends Json, HeldFilter {}

interface DeleteOptions extends Json {
  readonly vm: string;
}

interface RestoreOptions extends Json, Chosen {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly except?: string;
  readonly directory?: string;
}

export function addFleetQuarantine(fleet: Command): void {
  const quarantine = fleet.command('quarantine').description('List, restore and delete quarantined files of all VMs.');
  withFilters(quarantine.command('list').description('List quarantined files, newest first.'))
    .option('--json', 'print one line of JSON')
    .action((options: ListOptions) => runFleet(options, (opened) => readHeld(opened, options), printHeld));
  withFilters(
    quarantine
      .command('restore')
      .description(
        'Restore quarantined files: entries of one VM, all files that match the filters, or all files. Each VM gets its own order. The audit log records who gave it.',
      )
      .argument('[entry...]', 'ids of entries, with --vm'),
  )
    .option('--all', 'all quarantined files of all VMs')
    .option('--dry-run', 'only list what would be restored')
    .option('--yes', 'confirm filters or --all, which can select more files than you expect')
    .option(
      '--except <reason>',
      'add an exception for the content, with this reason; otherwise the next scan can quarantine the files again',
    )
    .option('--directory <path>', 'restore to this directory on the VM')
    .option('--json', 'print one line of JSON')
    .action((entries: string[], options: RestoreOptions) =>
      runFleet<Answer>(options, (opened) => restore(opened, entries, options), printAnswer, endOf),
    );
  quarantine
    .command('delete')
    .description('Permanently delete quarantined files of a VM. No copy remains.')
    .argument('<entry...>')
    .requiredOption('--vm <vm>', 'name or id')
    .option('--json', 'print one line of JSON')
    .action((entries: string[], options: DeleteOptions) =>
      runFleet(
        options,
        async (opened) => {
          const vmId = await findVmId(opened, options.vm);
          const body = { entries: entries.map((entry) => ({ vmId, entry })) };
          return await opened.api.ask('POST', `${opened.base}/quarantine/delete`, quarantineResultsSchema, body);
        },
        printResults,
        endOf,
      ),
    );
}

const withFilters = (command: Command): Command =>
  command
    .option('--vm <vm>', 'only files of this VM (name or id)')
    .option('--threat <text>', 'only files whose threat name contains this text')
    .option('--below <directory>', 'only files that were below this directory')
    .option('--sha256 <hash>', 'only files with this content');

/** What was ordered, or with --dry-run what would be. */
type Answer = Ordered | { readonly wouldRestore: readonly QuarantineEntry[] };

async function restore(fleet: Fleet, named: readonly string[], options: RestoreOptions): Promise<Answer> {
  requireOneWay(named, options);
  if (options.dryRun === true) return { wouldRestore: await chooseHeld(fleet, named, options) };
  const { except, directory } = options;
  const exception = except === undefined ? {} : { exception: { reason: except, expires: null } };
  const place = directory === undefined ? {} : { directory };
  return await orderInParts(await referencesOf(fleet, named, options), (entries) => {
    const body = { entries, ...exception, ...place };
    return fleet.api.ask('POST', `${fleet.base}/quarantine/restore`, quarantineResultsSchema, body);
  });
}

async function referencesOf(
  fleet: Fleet,
  named: readonly string[],
  options: RestoreOptions,
): Promise<readonly QuarantineReference[]> {
  if (named.length === 0) {
    const chosen = await chooseHeld(fleet, named, options);
    if (options.yes !== true) throw unconfirmed(chosen);
    return chosen.map(referTo);
  }
  const vmId = await findVmId(fleet, options.vm ?? '');
  return named.map((entry) => ({ vmId, entry }));
}

function unconfirmed(chosen: readonly QuarantineEntry[]): LazaretError {
  const vms = new Set(chosen.map(({ vm }) => vm.id)).size;
  const what = `${countOf(chosen.length, 'quarantined file')} of ${countOf(vms, 'VM')} would be restored.`;
  return new LazaretError('cli.usage', `${what} Check the list with --dry-run, then confirm with --yes.`, {
    where: '--yes',
  });
}

function printHeld({ items }: { readonly items: readonly QuarantineEntry[] }): void {
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
    'No quarantined files.',
  );
}

async function printAnswer(answer: Answer, fleet: Fleet): Promise<void> {
  if ('results' in answer) return await printResults(answer, fleet);
  for (const { vm, path, threat } of answer.wouldRestore)
    print(`${safeText(vm.name)}: ${safeText(path)} (${safeText(threat)}): would be restored`);
}

const endOf = (answer: Answer): number =>
  'results' in answer && (answer.stopped !== undefined || answer.results.some(({ error }) => error !== null))
    ? EXIT.error
    : EXIT.ok;

async function printResults({ results, stopped }: Ordered, fleet: Fleet): Promise<void> {
  const ordered = results.flatMap(({ vmId, error }) => (error === null ? [vmId] : []));
  const vms = await readVms(fleet, ordered);
  for (const { vmId, entry, error } of results)
    print(`${entry}: ${error === null ? whenDone(vms.get(vmId)) : error.message}`);
  if (stopped !== undefined)
    throw new LazaretError(stopped.code, `${stopped.entries} more entries have no result: ${stopped.message}`);
  const failed = results.find(({ error }) => error !== null)?.error;
  if (failed) throw new LazaretError(failed.code, failed.message);
}
