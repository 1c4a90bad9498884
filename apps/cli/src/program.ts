// SPDX-License-Identifier: Apache-2.0
// The command tree of `lazaret`, built without being run: main.ts runs it, tools/codegen/cli writes its help down.
import { Command } from 'commander';
import { LazaretError } from '@lazaret/core';
import { addAgent } from './commands/agent.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExplain } from './commands/explain.ts';
import { addFleet } from './commands/fleet.ts';
import { addPatterns } from './commands/patterns.ts';
import { addPolicy } from './commands/policy.ts';
import { addQuarantine } from './commands/quarantine.ts';
import { addRealtime } from './commands/realtime.ts';
import { addScan } from './commands/scan.ts';
import { addSchedule } from './commands/schedule.ts';
import { addWhy } from './commands/why.ts';
import { refuseEmptyValues } from './empty-values.ts';
import { EXIT, reportError } from './output.ts';

/** `json`: also a command line that was not understood is one line of JSON. */
export function createProgram(json: boolean): Command {
  const program = new Command('lazaret')
    .description(
      'Anti-virus for virtual machines: scan files, act on threats, restore files, and report what was not scanned.',
    )
    // Answered before any command is looked at, so that each has it (version.ts).
    .option('-V, --version', 'print the version')
    .configureHelp({ sortSubcommands: true, showGlobalOptions: true })
    .showSuggestionAfterError()
    .configureOutput(json ? { writeErr: () => {} } : {})
    .exitOverride((error) => {
      if (error.exitCode !== 0 && json) reportError(new LazaretError('cli.usage', error.message, { where: '' }), true);
      else if (error.exitCode !== 0)
        process.stderr.write('(cli.usage)\n  See `lazaret --help`, or `lazaret COMMAND --help`.\n');
      process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.error);
    })
    .hook('preAction', (_, command) => refuseEmptyValues(command))
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing found and everything scanned, 1 threat found, 2 error, 3 nothing found, but some content was not scanned, the scan stopped early, or it found no file.',
    );
  for (const add of [
    addScan,
    addRealtime,
    addQuarantine,
    addExplain,
    addPatterns,
    addSchedule,
    addPolicy,
    addAgent,
    addFleet,
    addWhy,
    addDoctor,
  ])
    add(program);
  return program;
}
