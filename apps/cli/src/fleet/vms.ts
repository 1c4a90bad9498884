// SPDX-License-Identifier: Apache-2.0
import { vmDetailSchema, vmPageSchema, type Vm, type VmDetail } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Fleet } from './account.ts';
import { isId } from './ids.ts';

/** Every page of a list of VMs. */
export async function allVms({ api, base }: Fleet, query: Readonly<Record<string, string>>): Promise<readonly Vm[]> {
  const vms: Vm[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const parameters = new URLSearchParams({ ...query, limit: '500', ...(cursor === '' ? {} : { cursor }) });
    const page = await api.ask('GET', `${base}/vms?${parameters.toString()}`, vmPageSchema);
    vms.push(...page.items);
    cursor = page.next;
  }
  return vms;
}

export function readVm({ api, base }: Fleet, id: string): Promise<VmDetail> {
  return api.ask('GET', `${base}/vms/${id}`, vmDetailSchema);
}

/** A VM by its id, or by a name that only one has. */
export async function findVmId(fleet: Fleet, text: string): Promise<string> {
  if (isId(text)) return (await readVm(fleet, text)).id;
  const named = (await allVms(fleet, { q: text })).filter(({ name }) => name === text);
  const [one, ...more] = named;
  if (one === undefined) throw new LazaretError('fleet.no_vm', `No VM is named "${text}".`, { where: text });
  if (more.length > 0) throw new LazaretError('fleet.no_vm', `${named.length} VMs are named "${text}". Use the id.`);
  return one.id;
}
