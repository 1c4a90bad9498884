// SPDX-License-Identifier: Apache-2.0
// `lazaret patterns`: which release protects, another one, and the way back.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { releaseStore, updateNow } from '@lazaret/agent';
import { manifestViewSchema, updateViewSchema, type ManifestView } from '../agent-answers.ts';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { ownPaths, requireRoot } from '../product.ts';
import { askAgentOr, withWholeAgent } from '../with-agent.ts';

interface Json {
  readonly json?: boolean;
}

interface LoadOptions extends Json {
  readonly skipBad?: boolean;
}

export function addPatterns(program: Command): void {
  const patterns = program.command('patterns').description('Show, load, update and roll back pattern releases.');
  patterns
    .command('status')
    .description('Show the active release and the previous one.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => status(options)));
  patterns
    .command('load')
    .description(
      'Make a release from a directory of ClamAV and YARA files. Lazaret tests it beside the active release, and activates it only if it passes.',
    )
    .argument('<dir>')
    .option(
      '--skip-bad',
      'leave out files that the engine rejects, and list each with the reason; by default one bad file makes the load fail',
    )
    .option('--json', 'print one line of JSON')
    .action((directory: string, options: LoadOptions) =>
      runCommand(options.json ?? false, () => load(directory, options)),
    );
  patterns
    .command('update')
    .description(
      'Check the default sources (the starter set, an installed ClamAV database) for newer patterns now, and activate them.',
    )
    .option('--json', 'print one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => update(options)));
  patterns
    .command('rollback')
    .description('Activate the previous release.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => rollback(options)));
}

function status(options: Json): number {
  requireRoot();
  const store = releaseStore(ownPaths().patterns);
  const active = store.active()?.manifest ?? null;
  const previous = store.previous()?.manifest ?? null;
  if (options.json) printJson({ active, previous });
  else {
    print(
      active === null ? 'No pattern release is active: this VM is not protected.' : `Active: ${formatManifest(active)}`,
    );
    if (active !== null) printLeftOut(active);
    if (previous !== null) print(`Previous: ${formatManifest(previous)}`);
  }
  return EXIT.ok;
}

async function load(given: string, options: LoadOptions): Promise<number> {
  const paths = ownPaths();
  const directory = resolve(given);
  const { skipBad = false } = options;
  const question = { method: 'patterns.load', params: { directory, skipBad }, answer: manifestViewSchema };
  const loaded = await askAgentOr(paths, question, () =>
    withWholeAgent(paths, async (agent) => (await agent.loader.load(directory, { skipBad })).manifest),
  );
  return told(loaded, options);
}

async function update(options: Json): Promise<number> {
  const paths = ownPaths();
  const question = { method: 'patterns.update', params: null, answer: updateViewSchema };
  const found = await askAgentOr(paths, question, () => withWholeAgent(paths, (agent) => updateNow(agent)));
  if (options.json) printJson(found);
  else
    print(
      `${found.outcome === 'taken' ? 'New release. Active' : 'Nothing new. Active'}: ${formatManifest(found.active)}`,
    );
  return EXIT.ok;
}

async function rollback(options: Json): Promise<number> {
  const paths = ownPaths();
  const question = { method: 'patterns.rollback', params: null, answer: manifestViewSchema };
  const loaded = await askAgentOr(paths, question, () =>
    withWholeAgent(paths, async (agent) => (await agent.loader.rollback()).manifest),
  );
  return told(loaded, options);
}

function told(manifest: ManifestView, options: Json): number {
  if (options.json) printJson({ active: manifest });
  else {
    print(`Active: ${formatManifest(manifest)}`);
    printLeftOut(manifest);
  }
  return EXIT.ok;
}

function printLeftOut({ leftOut = [] }: ManifestView): void {
  if (leftOut.length === 0) return;
  print(`Left out, because the engine rejects them (${leftOut.length}):`);
  for (const { reason } of leftOut) print(`  ${reason}`);
}

function formatManifest({ id, source, createdAt, loaded }: ManifestView): string {
  const counts = loaded === null ? '' : `, ${loaded.clamav} ClamAV signatures and ${loaded.yara} YARA rules`;
  return `${id} (${createdAt.slice(0, 19)}Z from ${source}${counts})`;
}
