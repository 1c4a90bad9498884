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
  type Restored,
} from '@lazaret/agent';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { ownPaths } from '../product.ts';
import { askAgentOr, withVault } from '../with-agent.ts';
import { formatBytes, safeText } from '../words.ts';

interface Json {
  readonly json?: boolean;
}

export function addQuarantine(program: Command): void {
  const quarantine = program.command('quarantine').description('List, show, restore and delete what was quarantined.');
  quarantine
    .command('list')
    .description('Everything in the vault, oldest first.')
    .option('--json', 'one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => list(options)));
  quarantine
    .command('show')
    .description('One entry with all that is known of it.')
    .argument('<id>', 'an id, or its last characters')
    .option('--json', 'one line of JSON')
    .action((id: string, options: Json) => runCommand(options.json ?? false, () => show(id, options)));
  quarantine
    .command('restore')
    .description('Put files back as they were: bytes, owner, mode, times, attributes. Nothing is overwritten.')
    .argument('<id...>')
    .option('--to <path>', 'another place (for one entry)')
    .option('--keep', 'keep the copy in the vault, too')
    .option('--json', 'one line of JSON an entry')
    .action((ids: string[], options: RestoreOptions) => runCommand(options.json ?? false, () => restore(ids, options)));
  quarantine
    .command('delete')
    .description('Delete entries for good. No copy remains.')
    .argument('<id...>')
    .option('--json', 'one line of JSON an entry')
    .action((ids: string[], options: Json) => runCommand(options.json ?? false, () => remove(ids, options)));
}

interface RestoreOptions extends Json {
  readonly to?: string;
  readonly keep?: boolean;
}

async function list(options: Json): Promise<number> {
  const paths = ownPaths();
  const found = await askAgentOr<QuarantineList>(paths, 'quarantine.list', null, () => withVault(paths, listEntries));
  if (options.json) printJson(found);
  else {
    for (const entry of found.entries) print(formatEntry(entry));
    print(
      `${found.entries.length} entries, ${formatBytes(found.usage.bytes)} of ${formatBytes(found.usage.bytesMax)}.`,
    );
  }
  return EXIT.ok;
}

async function show(id: string, options: Json): Promise<number> {
  const paths = ownPaths();
  const entry = await askAgentOr<QuarantineEntry>(paths, 'quarantine.show', { id }, () =>
    withVault(paths, (parts) => showEntry(parts, id)),
  );
  if (options.json) printJson(entry);
  else
    for (const [name, value] of Object.entries(entry))
      print(`${name}: ${typeof value === 'string' ? safeText(value) : JSON.stringify(value)}`);
  return EXIT.ok;
}

async function restore(ids: readonly string[], options: RestoreOptions): Promise<number> {
  const paths = ownPaths();
  const to = options.to === undefined ? {} : { to: Buffer.from(resolve(options.to)).toString('base64') };
  const request = { ...to, keepEntry: options.keep ?? false };
  for (const id of ids) {
    const restored = await askAgentOr<Restored>(paths, 'quarantine.restore', { id, options: request }, () =>
      withVault(paths, (parts) => restoreEntry(parts, id, request)),
    );
    if (options.json) printJson(restored);
    else print(`${safeText(restored.path)}: restored. Without an exception the next scan takes it again.`);
  }
  return EXIT.ok;
}

async function remove(ids: readonly string[], options: Json): Promise<number> {
  const paths = ownPaths();
  for (const id of ids) {
    const deleted = await askAgentOr(paths, 'quarantine.delete', { id }, () =>
      withVault(paths, (parts) => deleteEntry(parts, id)),
    );
    if (options.json) printJson(deleted);
    else print(`${deleted.id}: deleted.`);
  }
  return EXIT.ok;
}

function formatEntry(entry: QuarantineEntry): string {
  if (entry.state === 'damaged') return `${entry.id}  damaged: ${entry.why} (${entry.code})`;
  const threats = entry.threats.map(({ name }) => safeText(name)).join(', ');
  const names = entry.names.of > 1 ? `, ${entry.names.known} of ${entry.names.of} names` : '';
  const kept = entry.state === 'complete' ? '' : ', the original could not be deleted';
  return `${entry.id}  ${entry.takenAt.slice(0, 19)}Z  ${formatBytes(entry.bytes)}  ${threats}  ${safeText(entry.path)}${names}${kept}`;
}
