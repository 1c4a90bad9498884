// SPDX-License-Identifier: Apache-2.0
// `lazaret schedule next`: what a schedule means, before it is trusted.
import { InvalidArgumentError, type Command } from 'commander';
import { checkSchedule } from '@lazaret/contract';
import { LazaretError, nextRuns, parseInstant, temporal, type Schedule, type SchedulePurpose } from '@lazaret/core';
import { loadPolicyFile } from '@lazaret/agent';
import { EXIT, print, printJson, runCommand } from '../output.ts';

interface NextOptions {
  readonly policy?: string;
  readonly schedule?: string;
  readonly for?: SchedulePurpose;
  readonly from?: string;
  readonly count: number;
  readonly json?: boolean;
}

const RUNS_MAX = 10_000;

export function addSchedule(program: Command): void {
  const schedule = program.command('schedule').description('Show when a schedule runs.');
  schedule
    .command('next')
    .description('Print the next runs of a schedule, in UTC and in its own zone.')
    .option('--policy <file>', 'use the schedule in this policy file')
    .option('--schedule <json>', 'use this schedule')
    .option(
      '--for <purpose>',
      'what the schedule is for: scan or update; each has its own rules for minutes and for "hourly"',
      parsePurpose,
    )
    .option('-n, --count <number>', 'number of runs to print', parseCount, 5)
    .option('--from <instant>', 'print the runs after this time (default: now)')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  lazaret schedule next --schedule '{"kind":"daily","at":"02:30","every":"weekday"}'
  lazaret schedule next --schedule '{"kind":"monthly","at":"23:00","on":{"weekday":"friday","nth":"last"},"zone":"Europe/Berlin"}' -n 12
  lazaret schedule next --policy /var/opt/lazaret/policy.yaml --for update`,
    )
    .action((options: NextOptions) => runCommand(options.json ?? false, () => showNext(options)));
}

function showNext(options: NextOptions): number {
  const zone = temporal.Now.timeZoneId();
  const { schedule, enabled } = readSchedule(options);
  if (!enabled) {
    if (options.json) printJson({ enabled, next: [] });
    else print('No runs: scheduled scans are switched off in this policy (scheduled.enabled: false).');
    return EXIT.ok;
  }
  const after = options.from === undefined ? temporal.Now.instant() : readInstant(options.from);
  const runs = nextRuns(schedule, { zone, after, count: options.count });
  if (options.json) printJson({ enabled, next: runs.map((run) => run.toString()) });
  else {
    const shown = ('zone' in schedule ? schedule.zone : undefined) ?? zone;
    for (const run of runs) print(`${run.toString()}  ${formatLocal(run, shown)}`);
  }
  return EXIT.ok;
}

function formatLocal(run: Temporal.Instant, zone: string): string {
  const local = run.toZonedDateTimeISO(zone);
  const weekday = local.toLocaleString('en', { weekday: 'short' });
  return `${weekday} ${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: 'minute' })} ${zone}`;
}

/** `enabled`: whether it runs at all. */
function readSchedule(options: NextOptions): { readonly schedule: Schedule; readonly enabled: boolean } {
  if ((options.policy === undefined) === (options.schedule === undefined)) {
    throw new LazaretError('cli.usage', 'Give either --policy FILE or --schedule JSON.', { where: '--schedule' });
  }
  if (options.policy !== undefined) {
    const { policy } = loadPolicyFile(options.policy);
    return options.for === 'update'
      ? { schedule: policy.patterns.schedule, enabled: true }
      : { schedule: policy.scheduled.schedule, enabled: policy.scheduled.enabled };
  }
  const value = parseJson(options.schedule ?? '');
  const purpose = options.for ?? (isHourly(value) ? 'update' : 'scan');
  const checked = checkSchedule(value, { purpose });
  if ('schedule' in checked) return { schedule: checked.schedule, enabled: true };
  const [fault] = checked.faults;
  throw new LazaretError(fault?.code ?? 'schedule.invalid', fault?.message ?? 'This is not a schedule.', {
    where: fault?.path,
  });
}

function isHourly(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'hourly';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LazaretError('schedule.invalid', `--schedule is not JSON: ${(error as Error).message}.`, { where: '' });
  }
}

function readInstant(text: string): Temporal.Instant {
  const instant = parseInstant(text);
  if (instant === null)
    throw new LazaretError('cli.usage', `"${text}" is not a time. Write it like 2027-01-31T00:00:00Z.`, {
      where: '--from',
    });
  return instant;
}

function parsePurpose(text: string): SchedulePurpose {
  if (text === 'scan' || text === 'update') return text;
  throw new InvalidArgumentError('It must be scan or update.');
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= RUNS_MAX) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${RUNS_MAX}.`);
}
