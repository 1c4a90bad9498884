// SPDX-License-Identifier: Apache-2.0
// `lazaret doctor`: whether this machine is one that Lazaret supports, and what its kernel lacks.
import type { Command } from 'commander';
import { readSystemFacts } from '@lazaret/agent';
import { findErrorCode } from '@lazaret/contract';
import { findSystemFaults } from '@lazaret/core';
import { EXIT, print, printJson, runCommand } from '../output.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Check this machine: operating system and kernel.')
    .option('--json', 'one line of JSON')
    .addHelpText(
      'after',
      '\nExit code: 0 good, or only warnings; 2 something will not work.\nThe list of supported systems: docs/reference/supported-systems.md',
    )
    .action((options: { json?: boolean }) => runCommand(options.json ?? false, () => examine(options.json ?? false)));
}

function examine(json: boolean): number {
  const facts = readSystemFacts();
  const findings = findSystemFaults(facts);
  if (json) printJson({ system: facts, findings });
  else {
    print(`${facts.id} ${facts.version}, ${facts.architecture}, kernel ${facts.kernel}`);
    for (const { severity, code, message } of findings)
      print(`${severity}: ${message} (${code})\n  ${findErrorCode(code)?.whatToDo ?? ''}`);
    if (findings.length === 0) print('Supported.');
  }
  return findings.some(({ severity }) => severity === 'error') ? EXIT.error : EXIT.ok;
}
