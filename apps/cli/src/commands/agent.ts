// SPDX-License-Identifier: Apache-2.0
// `lazaret agent`: what the running agent does, and how its scan is paused, resumed and cancelled.
import type { Command } from 'commander';
import type { RunView } from '@lazaret/agent';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { ownPaths } from '../product.ts';
import { askAgent } from '../with-agent.ts';
import { formatBytes, formatDuration, safeText } from '../words.ts';

interface Json {
  readonly json?: boolean;
}

interface StatusView {
  readonly pid: number;
  readonly runs: readonly RunView[];
  readonly patterns: { readonly release: string };
  readonly policy: { readonly name: string; readonly hash: string };
  readonly vault: { readonly entries: number; readonly bytes: number; readonly bytesMax: number };
  readonly engine: { readonly workers: number; readonly workerDeaths: number };
}

const VERBS = [
  ['pause', 'Pause the running scan; what is under way is finished.'],
  ['resume', 'Go on with a paused scan.'],
  ['cancel', 'End the running scan.'],
] as const;

export function addAgent(program: Command): void {
  const agent = program.command('agent').description('The running agent: its state, and its scan.');
  agent
    .command('status')
    .description('What runs, what protects, what is in force.')
    .option('--json', 'one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => status(options)));
  for (const [verb, description] of VERBS) {
    agent
      .command(verb)
      .description(description)
      .argument('[run]', 'a run of `agent status`; default: the one that runs')
      .option('--json', 'one line of JSON')
      .action((run: string | undefined, options: Json) =>
        runCommand(options.json ?? false, () => order(verb, run, options)),
      );
  }
}

async function status(options: Json): Promise<number> {
  const view = (await askAgent(ownPaths(), 'status')) as StatusView;
  if (options.json) printJson(view);
  else printStatus(view);
  return EXIT.ok;
}

async function order(verb: 'pause' | 'resume' | 'cancel', id: string | undefined, options: Json): Promise<number> {
  await askAgent(ownPaths(), `scan.${verb}`, id === undefined ? {} : { id });
  if (options.json) printJson({ ok: true });
  return EXIT.ok;
}

function printStatus({ pid, runs, patterns, policy, vault, engine }: StatusView): void {
  print(`Agent ${pid}. Patterns: ${patterns.release}. Policy: ${safeText(policy.name)} (${policy.hash.slice(0, 12)}).`);
  print(
    `Vault: ${vault.entries} entries, ${formatBytes(vault.bytes)} of ${formatBytes(vault.bytesMax)}. Scanner: ${engine.workers} workers, ${engine.workerDeaths} died.`,
  );
  if (runs.length === 0) print('No scan is running.');
  for (const { id, origin, state, progress, percent, timeLeftMs } of runs) {
    const files = progress?.totals.files ?? 0;
    const share = percent === null ? '' : ` ${percent} %,`;
    const left = timeLeftMs === null ? '' : `, about ${formatDuration(timeLeftMs)} left`;
    print(
      `${origin} scan ${id}: ${state},${share} ${files} files, ${formatBytes(progress?.totals.bytes ?? 0)}, ${safeText(progress?.path ?? '')}${left}`,
    );
  }
}
