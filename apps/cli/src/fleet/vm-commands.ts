// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { enrolmentCreatedSchema, LINK_STATES, policyPageSchema, vmDetailSchema } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { print } from '../output.ts';
import { printTable, runFleet, shortTime, type Json } from './run.ts';
import { scopeWord, vmForPeople } from './words/vm-for-people.ts';
import { allVms, findVmId } from './vms.ts';

interface ListOptions extends Json {
  readonly state?: string;
  readonly search?: string;
}

export function addFleetVms(fleet: Command): void {
  const vm = fleet.command('vm').description('List, show, add and retire VMs.');
  addList(vm);
  addShow(vm);
  addAdd(vm);
  addDecisions(vm);
}

function addList(vm: Command): void {
  vm.command('list')
    .description('List all VMs with their link, protection and settings.')
    .option('--state <state>', LINK_STATES.join(' | '))
    .option('--search <text>', 'part of a name or of an address')
    .option('--json', 'print one line of JSON')
    .action((options: ListOptions) =>
      runFleet(
        options,
        (opened) =>
          allVms(opened, {
            ...(options.state === undefined ? {} : { state: options.state }),
            ...(options.search === undefined ? {} : { q: options.search }),
          }),
        (vms) =>
          printTable(
            ['NAME', 'LINK', 'PROTECTION', 'REAL-TIME', 'SETTINGS', 'PATTERNS', 'LAST SEEN (UTC)', 'ALARMS'],
            vms.map((one) => [
              one.name,
              one.link.state,
              one.protection.state,
              scopeWord(one),
              one.settings.state,
              one.patterns.release ?? '–',
              shortTime(one.link.lastSeenAt),
              one.alarms.join(' ') || '–',
            ]),
            'No VMs. Add one: lazaret fleet vm add',
          ),
      ),
    );
}

function addShow(vm: Command): void {
  vm.command('show')
    .description('Show all details of one VM.')
    .argument('<vm>', 'name or id')
    .option('--json', 'print one line of JSON')
    .action((text: string, options: Json) =>
      runFleet(
        options,
        async (opened) => opened.api.ask('GET', `${opened.base}/vms/${await findVmId(opened, text)}`, vmDetailSchema),
        (one) => vmForPeople(one).forEach(print),
      ),
    );
}

function addAdd(vm: Command): void {
  vm.command('add')
    .description('Make an enrolment token and print the command to run on the VM.')
    .option('--policy <name>', 'policy of the new VM; default: the default policy of the tenant')
    .option('--uses <number>', 'number of VMs that can use the token', '1')
    .option('--hours <number>', 'hours until the token expires', '24')
    .option('--json', 'print one line of JSON')
    .action((options: AddOptions) =>
      runFleet(
        options,
        (opened) => addVm(opened, options),
        ({ command }) => {
          print('Run this on the VM, as root:');
          print(`  ${command}`);
        },
      ),
    );
}

function addDecisions(vm: Command): void {
  for (const verb of ['retire', 'accept'] as const) {
    vm.command(verb)
      .description(
        verb === 'retire' ? 'Retire a VM: the manager no longer administers it.' : 'Accept a clone as a separate VM.',
      )
      .argument('<vm>', 'name or id')
      .option('--json', 'print one line of JSON')
      .action((text: string, options: Json) =>
        runFleet(
          options,
          async (opened) =>
            opened.api.ask('POST', `${opened.base}/vms/${await findVmId(opened, text)}/${verb}`, vmDetailSchema),
          ({ name, link }) => print(`${name}: ${link.state}`),
        ),
      );
  }
}

interface AddOptions extends Json {
  readonly policy?: string;
  readonly uses: string;
  readonly hours: string;
}

async function addVm({ api, base }: Parameters<Parameters<typeof runFleet>[1]>[0], options: AddOptions) {
  const { items } = await api.ask('GET', `${base}/policies?limit=500`, policyPageSchema);
  const policy = items.find(({ name, isDefault }) =>
    options.policy === undefined ? isDefault : name === options.policy,
  );
  const known = items.map(({ name }) => name).join(', ');
  if (policy === undefined) throw new LazaretError('fleet.no_policy', `Choose a policy with --policy: ${known}.`);
  const request = { policyId: policy.id, uses: Number(options.uses), expiresInHours: Number(options.hours) };
  return await api.ask('POST', `${base}/enrolment-tokens`, enrolmentCreatedSchema, request);
}
