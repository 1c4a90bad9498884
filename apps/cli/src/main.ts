// SPDX-License-Identifier: Apache-2.0
// `lazaret`: argv → command → exit code. Each command teaches itself by --help.
import { Command } from 'commander';
import { addAgent } from './commands/agent.ts';
import { addExplain } from './commands/explain.ts';
import { addPatterns } from './commands/patterns.ts';
import { addPolicy } from './commands/policy.ts';
import { addQuarantine } from './commands/quarantine.ts';
import { addScan } from './commands/scan.ts';
import { addSchedule } from './commands/schedule.ts';
import { LazaretError } from '@lazaret/core';
import { EXIT, reportError } from './output.ts';

const json = process.argv.includes('--json');
const program = new Command('lazaret')
  .description('Anti-virus for virtual machines: scan, act, take back, and say what was not looked at.')
  .configureHelp({ sortSubcommands: true, showGlobalOptions: true })
  .showSuggestionAfterError()
  .configureOutput(json ? { writeErr: () => {} } : {})
  .exitOverride((error) => {
    // With --json also a command line that was not understood is one line of JSON.
    if (error.exitCode !== 0 && json) reportError(new LazaretError('cli.usage', error.message, { where: '' }), true);
    else if (error.exitCode !== 0) process.stderr.write('(cli.usage)\n');
    process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.error);
  })
  .addHelpText(
    'after',
    '\nExit codes: 0 nothing found and everything looked at, 1 found, 2 error, 3 nothing found but not everything could be looked at.',
  );

for (const add of [addScan, addQuarantine, addExplain, addPatterns, addSchedule, addPolicy, addAgent]) add(program);

// The reader has gone (`| head`): nobody is left to tell, and that is no fault to speak of.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.error),
);

await program.parseAsync();
