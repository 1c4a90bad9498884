// SPDX-License-Identifier: Apache-2.0
// `lazaret policy check`: every fault of a policy file at once, before it is put in force.
import type { Command } from 'commander';
import { formatPolicyFault, loadPolicyFile, PolicyFaults } from '@lazaret/agent';
import { EXIT, print, printJson, runCommand } from '../output.ts';

export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('Check a policy file.');
  policy
    .command('check')
    .description('Check a policy file (YAML or JSON). Print its hash, or every error with its line, column and code.')
    .argument('<file>')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nSample policy with every field: docs/reference/policy-sample.yaml\nJSON schema for editors: docs/reference/policy.schema.json\nExit codes: 0 the policy is valid, 2 it has errors.',
    )
    .action((file: string, options: { json?: boolean }) =>
      runCommand(options.json ?? false, () => check(file, options.json ?? false)),
    );
}

function check(file: string, json: boolean): number {
  try {
    const { hash, notApplied } = loadPolicyFile(file);
    if (json) printJson({ ok: true, policyHash: hash, notApplied });
    else {
      for (const { path, message } of notApplied) print(`${file}: ${path}: ${message} (policy.not_applied)`);
      print(`${file}: valid. Hash ${hash}`);
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof PolicyFaults)) throw error;
    const { faults, notApplied } = error;
    const [first] = faults;
    if (json)
      printJson({ error: { code: first?.code, message: first?.message, path: first?.path }, faults, notApplied });
    else for (const fault of [...faults, ...notApplied]) print(`${formatPolicyFault(file, fault)} (${fault.code})`);
    return EXIT.error;
  }
}
