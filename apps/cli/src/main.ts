// SPDX-License-Identifier: Apache-2.0
// `lazaret`: argv → command → exit code. Each command teaches itself by --help.
import { Command } from 'commander';
import { addPolicy } from './commands/policy.ts';
import { addScan } from './commands/scan.ts';
import { addSchedule } from './commands/schedule.ts';
import { EXIT } from './output.ts';

const program = new Command('lazaret')
  .description('Anti-virus for virtual machines: scan, act, take back, and say what was not looked at.')
  .configureHelp({ sortSubcommands: true, showGlobalOptions: true })
  .showSuggestionAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.error))
  .addHelpText(
    'after',
    '\nExit codes: 0 nothing found and everything looked at, 1 found, 2 error, 3 nothing found but not everything could be looked at.',
  );

addPolicy(program);
addScan(program);
addSchedule(program);

await program.parseAsync();
