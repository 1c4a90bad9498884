// SPDX-License-Identifier: Apache-2.0
// `lazaret realtime`: real-time scan in the foreground, without an agent or a manager; and what a running one counts.
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { ensurePrivatePlace, isReportOnly, readOtherProducts, type RealtimeStatus } from '@lazaret/agent';
import { ACTIONS } from '@lazaret/contract';
import { defaultPolicy, LazaretError, type Action, type Policy } from '@lazaret/core';
import { processIdentity, type ProductPaths } from '@lazaret/platform';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { ownPaths, requireRoot } from '../product.ts';
import { foregroundPolicy } from '../realtime/foreground-policy.ts';
import { lineForPeople } from '../realtime/lines-for-people.ts';
import { askAgent, policyInForce, requireNoAgent } from '../with-agent.ts';
import { formatStats } from '../realtime/stats-for-people.ts';
import { runSupervisor } from '../supervisor/run-supervisor.ts';
import { supervisorCommand } from '../supervisor/supervisor-command.ts';

interface RealtimeOptions {
  readonly policy?: string;
  readonly watch?: readonly string[];
  readonly patterns?: string;
  readonly action?: Action;
  readonly deadlineMs?: number;
  readonly onDeadline?: 'allow' | 'deny';
  readonly onOverload?: 'allow' | 'deny';
  readonly json?: boolean;
}

export function addRealtime(program: Command): void {
  const realtime = program
    .command('realtime')
    .description(
      'Run real-time scan in the foreground until Ctrl-C. Opens of infected files fail, and Lazaret carries out the action of the policy.',
    )
    .option('--policy <file>', "policy file (YAML or JSON); default: the agent's policy, or else the built-in one")
    .option(
      '--watch <dir>',
      'directory or mount to watch, instead of the scope of the policy; may be repeated',
      collect,
    )
    .option('--patterns <dir>', 'use the ClamAV and YARA files in this directory, instead of the active release')
    .addOption(
      new Option('--action <action>', 'what to do with infected files, instead of what the policy says').choices(
        ACTIONS,
      ),
    )
    .option('--deadline-ms <ms>', 'maximum time that an open waits for a verdict, in milliseconds', parseCount)
    .addOption(
      new Option('--on-deadline <answer>', 'answer to an open whose deadline has passed').choices(['allow', 'deny']),
    )
    .addOption(
      new Option('--on-overload <answer>', 'answer to an open of a user who has too many waiting opens').choices([
        'allow',
        'deny',
      ]),
    )
    .option('--json', 'print NDJSON: one object per event (docs/reference/realtime-json.md)')
    .addHelpText(
      'after',
      `
This command fails while an agent is running, because the agent runs real-time scan itself.

Examples:
  lazaret realtime --watch /srv/upload                       with the recommended actions
  lazaret realtime --watch /srv --action deny --json         refuse opens and leave the files in place; JSON output
  lazaret realtime stats --top                               the programs and paths that cost most`,
    )
    .action((options: RealtimeOptions) => runCommand(options.json ?? false, () => run(options)));
  realtime
    .command('stats')
    .description(
      'Show statistics of real-time scan: opens, known verdicts, scans, and opens that were let through. With --top, also the programs and paths that cost most.',
    )
    .option('--top', 'also show the programs and paths that cost most')
    .option('--json', 'print one line of JSON')
    .action((options: StatsOptions, command: Command) =>
      runCommand(command.optsWithGlobals<StatsOptions>().json ?? false, () =>
        stats({ ...options, ...command.optsWithGlobals<StatsOptions>() }),
      ),
    );
}

function collect(path: string, before: readonly string[] = []): readonly string[] {
  return [...before, path];
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('It must be a whole number, 1 or greater.');
}

async function run(options: RealtimeOptions): Promise<number> {
  requireRoot();
  const paths = ownPaths();
  const policy = foregroundPolicy(startingPolicy(paths, options), options);
  const patterns = options.patterns === undefined ? undefined : existing(options.patterns);
  await requireAlone(paths);
  let fault: unknown = null;
  const onLine = (text: string): void => {
    try {
      const line = lineForPeople(text);
      if (line !== null) print(line);
    } catch (error) {
      fault = error;
    }
  };
  const command = foregroundCommand(paths, policy, patterns);
  const code = await runSupervisor({ command, onLine: options.json ? null : onLine });
  if (fault !== null) throw fault;
  return code;
}

/** Where no policy was set yet, a place that a person names is protected by the defaults; the whole machine is only reported on. */
function startingPolicy(paths: ProductPaths, { policy: file, watch }: RealtimeOptions): Policy {
  const inForce = policyInForce(paths, file);
  return isReportOnly(inForce) && watch !== undefined ? defaultPolicy : inForce.policy;
}

function foregroundCommand(
  paths: ProductPaths,
  policy: Policy,
  patterns: string | undefined,
): readonly [string, ...string[]] {
  ensurePrivatePlace(paths.run);
  const policyFile = join(paths.run, 'realtime-policy.json');
  writeFileSync(policyFile, JSON.stringify(policy), { mode: 0o600 });
  const named = patterns === undefined ? [] : ['--patterns', patterns];
  const argv = ['--policy', policyFile, ...named, '--while-alive', processIdentity()];
  return supervisorCommand(paths, ['apps/agent/src/realtime-main.ts', ...argv]);
}

/** SY-5, and one real-time scan a state. */
async function requireAlone(paths: ProductPaths): Promise<void> {
  await requireNoAgent(paths);
  const other = readOtherProducts().find(({ intercepts }) => intercepts);
  if (other !== undefined)
    throw new LazaretError(
      'system.other_product',
      `${other.name} (process ${other.pid}) intercepts opens of files on this VM.`,
    );
}

function existing(directory: string): string {
  const path = resolve(directory);
  if (directory !== '' && existsSync(path)) return path;
  throw new LazaretError('path.not_found', `The directory ${directory} does not exist.`, { where: directory });
}

interface StatsOptions {
  readonly top?: boolean;
  readonly json?: boolean;
}

async function stats({ top, json }: StatsOptions): Promise<number> {
  const status = (await askAgent(ownPaths(), 'realtime.status')) as RealtimeStatus;
  if (json) printJson(top || status.stats === null ? status : withoutTop(status));
  else for (const line of formatStats(status, top ?? false)) print(line);
  return EXIT.ok;
}

function withoutTop(status: RealtimeStatus): object {
  const { top: _, ...counts } = status.stats ?? { top: null };
  return { ...status, stats: counts };
}
