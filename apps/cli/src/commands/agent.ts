// SPDX-License-Identifier: Apache-2.0
// `lazaret agent`: what the running agent does, and how its scan is paused, resumed and cancelled.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  activateHere,
  identityStore,
  spoolReader,
  type ActivationOrder,
  type RealtimeStatus,
  type RunView,
} from '@lazaret/agent';
import { CLOCK_WARNING_MS } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { systemClock } from '@lazaret/platform';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { ownPaths, requireRoot } from '../product.ts';
import { formatRealtimeState } from '../realtime/stats-for-people.ts';
import { addCeiling } from './ceiling.ts';
import { runSupervisor } from '../supervisor/run-supervisor.ts';
import { supervisorCommand } from '../supervisor/supervisor-command.ts';
import { readSecret, refuseSecretArgument, secretOption, type SecretSource } from '../secret-input.ts';
import { activatedSchema } from '../agent-answers.ts';
import { askAgent, askAgentOr, requireNoAgent } from '../with-agent.ts';
import { countOf, formatBytes, formatDuration, safeText } from '../words.ts';

interface Json {
  readonly json?: boolean;
}

interface StatusView {
  readonly pid: number;
  readonly runs: readonly RunView[];
  readonly patterns: { readonly release: string };
  readonly policy: {
    readonly name: string;
    readonly hash: string;
    readonly refused: { readonly code: string; readonly message: string } | null;
  };
  readonly vault: { readonly entries: number; readonly bytes: number; readonly bytesMax: number };
  readonly engine: { readonly workers: number; readonly workerDeaths: number };
  readonly realtime: RealtimeStatus;
  readonly manager: ManagerView | null;
}

const ENROLMENT: SecretSource = { name: 'enrolment token', variable: 'LAZARET_ENROLMENT_TOKEN' };

const VERBS = [
  ['pause', 'Pause the running scan. Files that are being scanned are finished first.'],
  ['resume', 'Resume a paused scan.'],
  ['cancel', 'Cancel the running scan.'],
] as const;

interface ManagerView {
  readonly vmId: string;
  readonly managers: readonly string[];
  readonly state: 'active' | 'pending' | 'retired';
  readonly connected: boolean;
  readonly entrusted: boolean;
  readonly lastAnswerAt: string | null;
  readonly fault: { readonly code: string; readonly message: string } | null;
  readonly clockDifferenceMs: number | null;
  readonly waiting: number;
  readonly knock: {
    readonly port: number | null;
    readonly fault: { readonly code: string; readonly message: string } | null;
  };
}

export function addAgent(program: Command): void {
  const agent = program.command('agent').description('Control the agent: status, scans, manager.');
  agent
    .command('run')
    .description(
      'Run the agent in the foreground until Ctrl-C. It runs scans and real-time scan by its policy, and connects to its manager.',
    )
    .option(
      '--policy <file>',
      'policy file (YAML or JSON); default: the one in the state folder, or else the built-in one',
    )
    .action((options: { policy?: string }) => runCommand(false, () => runAgent(options.policy)));
  agent
    .command('status')
    .description('Show running scans, protection, and the active policy and patterns.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => status(options)));
  agent
    .command('activate')
    .description('Connect this VM to a manager. The console ("Add a VM") shows the whole command, with its token.')
    .argument('[token]', 'not accepted, because every user can read the arguments of a command')
    .addOption(secretOption(ENROLMENT))
    .option('--name <name>', 'display name of this VM; default: its host name')
    .option('--force', 'activate even if this VM has less memory or disk space than Lazaret needs')
    .option('--json', 'print one line of JSON')
    .action((argument: string | undefined, options: ActivateOptions) =>
      runCommand(options.json ?? false, () => activate(argument, options)),
    );
  agent
    .command('deactivate')
    .description('Leave the manager. The active policy continues to protect the VM.')
    .option('--force', 'leave even if the manager cannot be reached')
    .option('--json', 'print one line of JSON')
    .action((options: DeactivateOptions) => runCommand(options.json ?? false, () => deactivate(options)));
  agent
    .command('events')
    .description(
      'Print the events that this VM has sent or will send to its manager, oldest first, one JSON object per line.',
    )
    .option('--from <sequence>', 'sequence number of the first event to print', '1')
    .action((options: { from: string }) => runCommand(true, () => events(options.from)));
  addCeiling(agent);
  for (const [verb, description] of VERBS) {
    agent
      .command(verb)
      .description(description)
      .argument('[run]', 'id of a scan, from `lazaret agent status`; default: the running scan')
      .option('--json', 'print one line of JSON')
      .action((run: string | undefined, options: Json) =>
        runCommand(options.json ?? false, () => order(verb, run, options)),
      );
  }
}

interface ActivateOptions extends Json {
  readonly tokenFile?: string;
  readonly name?: string;
  readonly force?: boolean;
}

interface DeactivateOptions extends Json {
  readonly force?: boolean;
}

/** Below lazaret-supervisor, which alone can hold opens while something of ours dies. */
async function runAgent(policyFile: string | undefined): Promise<number> {
  requireRoot();
  const paths = ownPaths();
  if (policyFile !== undefined) requirePolicyFile(policyFile, identityStore(paths.state).policyFile);
  await requireNoAgent(paths);
  const argv = policyFile === undefined ? [] : ['--policy', resolve(policyFile)];
  const command = supervisorCommand(paths, ['apps/agent/src/main.ts', ...argv]);
  return await runSupervisor({ command, onLine: null });
}

/**
 * Here and not in the agent: one that its supervisor starts again goes on, whatever became of the file meanwhile. On a VM of a manager the manager's policy
 * is in force, and the file is not needed.
 */
function requirePolicyFile(file: string, ofManager: string): void {
  if (existsSync(file) || existsSync(ofManager)) return;
  throw new LazaretError('path.not_found', `The policy file ${resolve(file)} does not exist.`, {
    where: resolve(file),
  });
}

/** By the running agent; where none runs the identity is written here, and the next start has it. */
async function activate(argument: string | undefined, options: ActivateOptions): Promise<number> {
  refuseSecretArgument(argument, ENROLMENT);
  requireRoot();
  const token = await readSecret(ENROLMENT, options.tokenFile);
  const order: ActivationOrder = { token, name: options.name ?? null, force: options.force ?? false };
  const paths = ownPaths();
  const question = { method: 'link.activate', params: order, answer: activatedSchema };
  const view = await askAgentOr(paths, question, () => activateHere(paths, systemClock, order));
  if (options.json) printJson(view);
  else print(`Activated as ${view.vmId} at ${view.managers.join(', ')}.`);
  return EXIT.ok;
}

async function deactivate(options: DeactivateOptions): Promise<number> {
  await askAgent(ownPaths(), 'link.deactivate', { force: options.force ?? false });
  if (options.json) printJson({ ok: true });
  else print('This VM no longer belongs to a manager.');
  return EXIT.ok;
}

/** The spool lies readable for root: no agent need run. */
function events(from: string): number {
  requireRoot();
  const first = Number(from);
  if (!Number.isSafeInteger(first) || first < 1)
    throw new LazaretError('cli.usage', `--from ${from}: a sequence number is a whole number, 1 or greater.`);
  const reader = spoolReader(ownPaths().spool, first - 1);
  for (;;) {
    const lines = reader.next({ linesMax: 1_000, bytesMax: 1_048_576 });
    if (lines.length === 0) return EXIT.ok;
    for (const { text } of lines) print(text);
  }
}

function printManager(manager: ManagerView | null): void {
  if (manager === null) return print('Manager: none. To connect this VM to one, run `lazaret agent activate`.');
  const { managers, vmId, connected, entrusted, fault, waiting, state, knock, clockDifferenceMs, lastAnswerAt } =
    manager;
  const how = connected ? 'connected' : `not connected since ${lastAnswerAt ?? 'the agent started'}`;
  print(
    `Manager: ${managers.join(', ')}, ${how}; this VM is ${vmId} (${state}). Events waiting to be sent: ${waiting}.`,
  );
  if (!entrusted && state === 'active')
    print(
      '  The manager is checking whether another running VM has the same identity. Commands and events wait until the check ends.',
    );
  if (fault !== null) print(`  ${safeText(fault.message)} (${fault.code})`);
  if (Math.abs(clockDifferenceMs ?? 0) > CLOCK_WARNING_MS)
    print(
      `  The clock of this VM differs from the manager's by ${Math.round((clockDifferenceMs ?? 0) / 1_000)} s (link.clock_differs).`,
    );
  if (knock.fault !== null) print(`  Stand-by port: ${safeText(knock.fault.message)} (${knock.fault.code})`);
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

function printStatus({ pid, runs, patterns, policy, vault, engine, realtime, manager }: StatusView): void {
  print(`Agent ${pid}. Patterns: ${patterns.release}. Policy: ${safeText(policy.name)} (${policy.hash.slice(0, 12)}).`);
  if (policy.refused !== null)
    print(`The newest policy is not in force: ${safeText(policy.refused.message)} (${policy.refused.code})`);
  print(
    `Vault: ${countOf(vault.entries, 'quarantined file')}, ${formatBytes(vault.bytes)} of ${formatBytes(vault.bytesMax)}. Scanner: ${countOf(engine.workers, 'worker')}, ${engine.workerDeaths} died.`,
  );
  print(formatRealtimeState(realtime));
  printManager(manager);
  if (runs.length === 0) print('No scan is running.');
  for (const { id, origin, state, progress, percent, timeLeftMs } of runs) {
    const files = progress?.totals.files ?? 0;
    const share = percent === null ? '' : ` ${percent} %,`;
    const left = timeLeftMs === null ? '' : `, about ${formatDuration(timeLeftMs)} left`;
    print(
      `${origin} scan ${id}: ${state},${share} ${countOf(files, 'file')}, ${formatBytes(progress?.totals.bytes ?? 0)}, ${safeText(progress?.path ?? '')}${left}`,
    );
  }
}
