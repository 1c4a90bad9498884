// SPDX-License-Identifier: Apache-2.0
// `lazaret doctor`: whether this machine is one that Lazaret supports, what its kernel lacks, and where the way to its manager ends.
import type { Command } from 'commander';
import {
  examineRoute,
  identityStore,
  readOtherProducts,
  readSizeFacts,
  readSystemFacts,
  type RouteStep,
} from '@lazaret/agent';
import { findErrorCode } from '@lazaret/contract';
import { findSizeFaults, findSystemFaults } from '@lazaret/core';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { ownPaths } from '../product.ts';
import { safeText } from '../words.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'Check this machine: operating system, kernel, memory and disk, other anti-virus products, and the connection to its manager (name, route, TLS, clock).',
    )
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 no errors (warnings are possible), 2 at least one error.\nSupported systems: docs/reference/supported-systems.md',
    )
    .action((options: { json?: boolean }) => runCommand(options.json ?? false, () => examine(options.json ?? false)));
}

async function examine(json: boolean): Promise<number> {
  const facts = readSystemFacts();
  const size = readSizeFacts(ownPaths().state);
  const findings = [...findSystemFaults(facts), ...findSizeFaults(size)];
  const products = readOtherProducts();
  const route = await examineManagers();
  if (json) printJson({ system: { ...facts, ...size }, findings, otherProducts: products, manager: route });
  else {
    print(`${facts.id} ${facts.version}, ${facts.architecture}, kernel ${facts.kernel}`);
    for (const { severity, code, message } of findings)
      print(`${severity}: ${message} (${code})\n  ${findErrorCode(code)?.whatToDo ?? ''}`);
    if (findings.length === 0) print('This machine is supported.');
    for (const { name, pid, intercepts } of products)
      print(
        `${intercepts ? 'error' : 'warning'}: another anti-virus product ${intercepts ? 'intercepts opens of files' : 'is running'}: ${safeText(name)} (process ${pid}) (system.other_product)\n  ${findErrorCode('system.other_product')?.whatToDo ?? ''}`,
      );
    printRoute(route);
  }
  const isInTheWay = products.some(({ intercepts }) => intercepts);
  const isBad =
    isInTheWay || findings.some(({ severity }) => severity === 'error') || route?.some(({ ok }) => !ok) === true;
  return isBad ? EXIT.error : EXIT.ok;
}

/** Null: this VM belongs to no manager, or we may not read to which. */
async function examineManagers(): Promise<readonly RouteStep[] | null> {
  if (process.getuid?.() !== 0) return null;
  const identity = identityStore(ownPaths().state).read();
  if (identity === null) return null;
  const { managers, authorities } = identity.trust;
  const steps = await Promise.all(managers.map((manager) => examineRoute(manager, authorities, () => Date.now())));
  return steps.flat();
}

function printRoute(route: readonly RouteStep[] | null): void {
  if (route === null) return print('Manager: none.');
  for (const { step, ok, message, whatToDo } of route)
    print(`${ok ? 'good' : 'error'}: ${step}: ${safeText(message)}${whatToDo === null ? '' : `\n  ${whatToDo}`}`);
}
