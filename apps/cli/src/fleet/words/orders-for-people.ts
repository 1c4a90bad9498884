// SPDX-License-Identifier: Apache-2.0
// An order to a VM waits at the manager until the VM asks for it: what is told is what is true of that moment, and no more. Names are hostile.
import { COMMAND_HOURS, type Vm } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { safeText } from '../../words.ts';
import type { Fleet } from '../account.ts';
import { allVms, readVm } from '../vms.ts';

/** An order that is older is dropped. */
const NEXT_CONTACT = `at its next check-in, if that is within ${COMMAND_HOURS} hours`;

/** Of one VM; undefined where the token may not read VMs. */
type Ordered = Pick<Vm, 'name' | 'link'> | undefined;

/** When the VM will do what was ordered. */
export function whenDone(vm: Ordered): string {
  if (vm === undefined) return `queued: the VM carries out the order ${NEXT_CONTACT}`;
  const name = safeText(vm.name);
  switch (vm.link.state) {
    case 'online':
      return `ordered: ${name} is online and gets the order now`;
    case 'offline':
      return `queued: ${name} is offline and carries out the order ${NEXT_CONTACT}`;
    case 'retired':
      return `not carried out: ${name} is retired and takes no orders`;
    case 'never-activated':
    case 'pending':
    case 'unknown':
      return `queued: ${name} is not online (${vm.link.state}) and carries out the order ${NEXT_CONTACT}`;
  }
}

/** From so many on all VMs are read, page by page. */
const READ_ONE_BY_ONE_MAX = 10;

/** Those of the ids, by id. Never fails for want of a right: the orders are given by now, and that must be told. */
export async function readVms(fleet: Fleet, ids: readonly string[]): Promise<ReadonlyMap<string, Vm>> {
  const wanted = [...new Set(ids)];
  try {
    const vms =
      wanted.length < READ_ONE_BY_ONE_MAX
        ? await Promise.all(wanted.map((id) => readVm(fleet, id)))
        : await allVms(fleet, {});
    return new Map(vms.map((vm) => [vm.id, vm]));
  } catch (error) {
    if (error instanceof LazaretError) return new Map();
    throw error;
  }
}
