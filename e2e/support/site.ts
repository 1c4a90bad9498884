// SPDX-License-Identifier: Apache-2.0
// For tests: the manager's program, an agent's process that belongs to it, and the policy in force.
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { freePort } from '@lazaret/testkit';
import { makeProduct, until, type Product, type RunningAgent } from './product.ts';
import { makeService, type Service } from './service.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total: number;
}

export interface Site {
  readonly service: Service;
  readonly product: Product;
  readonly agent: RunningAgent;
  readonly vmId: string;
}

export async function policyFor(product: Product, manual: object = {}): Promise<object> {
  const directories = { kind: 'list', entries: [{ path: product.directory, subdirectories: true }] };
  return {
    name: 'Default',
    manual: { directories, action: { kind: 'custom', primary: 'quarantine' }, ...manual },
    scheduled: { enabled: false },
    agent: { knock: { enabled: true, port: await freePort() } },
  };
}

export async function siteOf(t: TestContext, manual: object = {}, ...ofManager: readonly string[]): Promise<Site> {
  const service = await makeService(t, ofManager);
  const product = makeProduct(t);
  const hash = await service.savePolicy(await policyFor(product, manual));
  const agent = await product.agent();
  const activated = await product.activate(await service.token());
  assert.equal(activated.code, 0, activated.stdout + activated.stderr);
  const { vmId } = JSON.parse(activated.stdout) as { vmId: string };
  await until(async () => (await vm(service, vmId)).settings.applied?.hash === hash, 'the policy is applied');
  return { service, product, agent, vmId };
}

export interface VmView {
  readonly link: { readonly state: string };
  readonly protection: { readonly state: string };
  readonly settings: { readonly state: string; readonly applied: { readonly hash: string } | null };
}

export const vm = (service: Service, id: string): Promise<VmView> => service.api<VmView>('GET', `/vms/${id}`);
