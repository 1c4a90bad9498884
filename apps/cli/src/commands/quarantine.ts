// SPDX-License-Identifier: Apache-2.0
// `lazaret quarantine`: what was taken, and how it comes back.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  deleteEntry,
  listEntries,
  restoreEntry,
  showEntry,
  type QuarantineEntry,
  type QuarantineList,
} from '@lazaret/agent';
import { LazaretError } from '@lazaret/core';
import type { ProductPaths } from '@lazaret/platform';
import { deletedSchema, entryListSchema, entrySchema, restoredSchema } from '../agent-answers.ts';
import { EXIT, print, printJson, reportError, runCommand } from '../output.ts';
import {
  type Chosen,
  chooseEntries,
  formatEntry,
  formatRestored,
  showEntryForPeople,
} from '../quarantine-for-people.ts';
import { ownPaths } from '../product.ts';
import { askAgentOr, withVault } from '../with-agent.ts';
import { countOf, formatBytes, safeText } from '../words.ts';

interface Json {
  readonly json?: boolean;
}

export function addQuarantine(program: Command): void {
  const quarantine = program.command('quarantine').description('List, show, restore and delete quarantined files.');
  quarantine
    .command('list')
    .description('List all quarantined files, oldest first.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => list(options)));
  quarantine
    .command('show')
    .description('Show one entry with all details.')
    .argument('<id>', 'an id, or its last characters')
    .option('--json', 'print one line of JSON')
    .action((id: string, options: Json) => runCommand(options.json ?? false, () => show(id, options)));
  quarantine
    .command('restore')
    .description(
      'Restore quarantined files with content (including holes), owner, mode, times, attributes, flags and hard links. The output names every difference from the original. No file is overwritten.',
    )
    .argument('[id...]', 'ids, or their last characters')
    .option('--all', 'all quarantined files')
    .option('--threat <text>', 'only files whose threat name contains this text')
    .option('--below <directory>', 'only files that were below this directory')
    .option('--dry-run', 'only list what would be restored')
    .option('--to <path>', 'restore to this path (one entry only)')
    .option('--keep', 'also keep the copy in the vault')
    .option('--json', 'print one line of JSON per entry')
    .action((ids: string[], options: RestoreOptions) => runCommand(options.json ?? false, () => restore(ids, options)));
  quarantine
    .command('delete')
    .description('Delete entries permanently.')
    .argument('<id...>')
    .option('--json', 'print one line of JSON per entry')
    .action((ids: string[], options: Json) => runCommand(options.json ?? false, () => remove(ids, options)));
}

interface RestoreOptions extends Json, Chosen {
  readonly dryRun?: boolean;
  readonly to?: string;
  readonly keep?: boolean;
}

function askForEntries(paths: ProductPaths): Promise<QuarantineList> {
  const question = { method: 'quarantine.list', params: null, answer: entryListSchema };
  return askAgentOr(paths, question, () => withVault(paths, listEntries));
}

async function list(options: Json): Promise<number> {
  const paths = ownPaths();
  const found = await askForEntries(paths);
  if (options.json) printJson(found);
  else {
    for (const entry of found.entries) print(formatEntry(entry));
    print(
      `${countOf(found.entries.length, 'quarantined file')}, ${formatBytes(found.usage.bytes)} of ${formatBytes(found.usage.bytesMax)}.`,
    );
  }
  return EXIT.ok;
}

async function show(id: string, options: Json): Promise<number> {
  const paths = ownPaths();
  const question = { method: 'quarantine.show', params: { id }, answer: entrySchema };
  const entry = await askAgentOr(paths, question, () => withVault(paths, (parts) => showEntry(parts, id)));
  if (options.json) printJson(entry);
  else showEntryForPeople(entry).forEach(print);
  return EXIT.ok;
}

async function restore(ids: readonly string[], options: RestoreOptions): Promise<number> {
  const paths = ownPaths();
  const { entries } = await askForEntries(paths);
  const below = options.below === undefined ? {} : { below: resolve(options.below) };
  const chosen = chooseEntries(ids, { ...options, ...below }, entries);
  if (options.to !== undefined && chosen.length > 1)
    throw new LazaretError('cli.usage', `--to takes one file, and ${chosen.length} files are selected.`, {
      where: '--to',
    });
  if (options.dryRun)
    return tellOnly(
      entries.filter(({ id }) => chosen.some((one) => id.endsWith(one))),
      options,
    );
  const to = options.to === undefined ? {} : { to: Buffer.from(resolve(options.to)).toString('base64') };
  const request = { ...to, keepEntry: options.keep ?? false };
  let exitCode: number = EXIT.ok;
  // One that cannot go back (something stands in its place) keeps no other from it.
  for (const id of chosen)
    try {
      const question = { method: 'quarantine.restore', params: { id, options: request }, answer: restoredSchema };
      const restored = await askAgentOr(paths, question, () =>
        withVault(paths, (parts) => restoreEntry(parts, id, request)),
      );
      if (options.json) printJson(restored);
      else formatRestored(restored).forEach(print);
    } catch (error) {
      reportError(withPath(error, pathOf(entries, id)), options.json ?? false);
      exitCode = EXIT.error;
    }
  if (!options.json && exitCode === EXIT.ok)
    print('Without an exception in the policy, the next scan can quarantine the restored files again.');
  return exitCode;
}

/** Of several, it must be said which. */
function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof LazaretError)) return error;
  return new LazaretError(error.code, `${safeText(path)}: ${error.message}`, { where: path, cause: error });
}

function pathOf(entries: readonly QuarantineEntry[], id: string): string {
  const found = entries.find((one) => one.id.endsWith(id));
  return found === undefined || found.state === 'damaged' ? id : found.path;
}

function tellOnly(entries: readonly QuarantineEntry[], options: Json): number {
  if (options.json) printJson({ wouldRestore: entries });
  else for (const entry of entries) print(`${formatEntry(entry)}: would be restored`);
  return EXIT.ok;
}

async function remove(ids: readonly string[], options: Json): Promise<number> {
  const paths = ownPaths();
  for (const id of ids) {
    const question = { method: 'quarantine.delete', params: { id }, answer: deletedSchema };
    const deleted = await askAgentOr(paths, question, () => withVault(paths, (parts) => deleteEntry(parts, id)));
    if (options.json) printJson(deleted);
    else print(`${deleted.id}: deleted.`);
  }
  return EXIT.ok;
}
