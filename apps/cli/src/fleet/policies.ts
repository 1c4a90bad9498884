// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { acceptPolicy, parsePolicyText, readPolicyText } from '@lazaret/agent';
import { policyPageSchema, policyViewSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { print } from '../output.ts';
import type { Fleet } from './account.ts';
import { printTable, runFleet, shortTime, type Json } from './run.ts';

const listPolicies = async ({ api, base }: Fleet) =>
  (await api.ask('GET', `${base}/policies?limit=500`, policyPageSchema)).items;

async function findPolicy(fleet: Fleet, text: string) {
  const found = (await listPolicies(fleet)).find(({ id, name }) => id === text || name === text);
  if (found === undefined) throw new LazaretError('fleet.no_policy', `No policy is named "${text}".`, { where: text });
  return await fleet.api.ask('GET', `${fleet.base}/policies/${found.id}`, policyViewSchema);
}

export function addFleetPolicies(fleet: Command): void {
  const policy = fleet.command('policy').description('List, show, create and change policies.');
  policy
    .command('list')
    .description('List all policies.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) =>
      runFleet(options, listPolicies, (items) =>
        printTable(
          ['NAME', 'REVISION', 'CHANGED (UTC)', 'HASH', ''],
          items.map((one) => [
            one.name,
            String(one.revision),
            shortTime(one.updatedAt),
            one.hash.slice(0, 12),
            one.isDefault ? 'default' : '',
          ]),
          'No policies.',
        ),
      ),
    );
  policy
    .command('show')
    .description('Show the document of a policy.')
    .argument('<policy>', 'name or id')
    .option('--json', 'print one line of JSON')
    .action((text: string, options: Json) =>
      runFleet(
        options,
        (opened) => findPolicy(opened, text),
        ({ document }) => print(JSON.stringify(document, null, 2)),
      ),
    );
  policy
    .command('put')
    .description('Create a policy from a file (YAML or JSON). If a policy with this name exists, add a revision to it.')
    .argument('<file>')
    .option('--json', 'print one line of JSON')
    .action((file: string, options: Json) =>
      runFleet(
        options,
        (opened) => putPolicy(opened, file),
        ({ name, revision }) => print(`${name}: revision ${revision}`),
      ),
    );
}

async function putPolicy(fleet: Fleet, file: string) {
  const document: unknown = readDocument(file);
  const name = (document as { readonly name?: unknown } | null)?.name;
  const same = (await listPolicies(fleet)).find((one) => one.name === name);
  return same === undefined
    ? await fleet.api.ask('POST', `${fleet.base}/policies`, policyViewSchema, { document })
    : await fleet.api.ask('PUT', `${fleet.base}/policies/${same.id}`, policyViewSchema, { document });
}

/** Checked here, too: only here a fault has its line and column. The manager's own rules (SC-5) are its own. */
function readDocument(file: string): unknown {
  const { value, placeOf } = parsePolicyText(readPolicyText(file), file);
  acceptPolicy(value, file, { startWindow: 'lifted' }, placeOf);
  return value;
}
