// SPDX-License-Identifier: Apache-2.0
// For tests: the manager's side of the link on a real database and real TLS, with a tenant, a policy and what a person would do by the API.
import { createHash } from 'node:crypto';
import { canonicalJson, checkPolicy, policyHash, type CommandBody } from '@lazaret/contract';
import type { Policy } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import {
  createToken,
  type IngestHooks,
  type LinkServer,
  type LinkServerOptions,
  type NewCommand,
  queueCommand,
  type Quota,
  startLinkServer,
  type TenantTransaction,
} from '@lazaret/manager';
import { freePort } from '@lazaret/testkit';
import { addTestTenant, type TestParts, testParts } from '../../packages/manager/src/testing/test-parts.ts';

export interface TestManagerLink {
  readonly parts: TestParts;
  readonly tenantId: string;
  readonly port: number;
  readonly link: LinkServer;
  /** A revision of the one policy; resolves to its hash. */
  savePolicy(policy: unknown): Promise<string>;
  /** The text of a fresh token. */
  token(uses?: number): Promise<string>;
  command(vmId: string, body: CommandBody, more?: Partial<NewCommand>): Promise<string>;
  inTenant<T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
  /** Another manager on the same database. */
  another(port: number): Promise<LinkServer>;
}

interface Test {
  after(work: () => Promise<void>): void;
}

export interface ManagerOptions {
  /** Where agents are told that the managers are; default: this one, on loopback. */
  readonly managers?: readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly clock?: Clock;
  readonly ingestHooks?: readonly IngestHooks[];
  readonly quota?: Quota;
  readonly listQuota?: Quota;
  readonly checkInQuota?: Quota;
  readonly startQuota?: Quota;
  readonly strangers?: NonNullable<LinkServerOptions['strangers']>;
  readonly connectionsOfVmMax?: number;
}

export async function makeManager(test: Test, options: ManagerOptions = {}): Promise<TestManagerLink> {
  const parts = await testParts(test, options.clock === undefined ? {} : { clock: options.clock });
  const tenantId = await addTestTenant(parts, `tenant ${Math.random()}`);
  const port = options.port ?? (await freePort());
  const managers = options.managers ?? [`127.0.0.1:${port}`];
  const start = (at: number): Promise<LinkServer> =>
    startLinkServer(parts, {
      host: options.host ?? '::',
      port: at,
      managers,
      ingestHooks: options.ingestHooks ?? [],
      checkInHooks: [],
      ...pickLimits(options),
    });
  const link = await start(port);
  test.after(() => link.close());
  const { database, newId } = parts;
  const inTenant: TestManagerLink['inTenant'] = (work) => database.asTenant(tenantId, work);
  const policyId = newId();
  const savePolicy = async (value: unknown): Promise<string> => {
    const { document, hash } = documentOf(value);
    await inTenant(async (tx) => {
      await tx
        .insertInto('policy_documents')
        .values({ tenant_id: tenantId, hash, document })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'hash']).doNothing())
        .execute();
      const row = { tenant_id: tenantId, id: policyId, name: 'test', is_default: true, revision: 1, hash };
      await tx
        .insertInto('policies')
        .values(row)
        .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet({ hash }))
        .execute();
    });
    return hash;
  };
  return {
    parts,
    tenantId,
    port,
    link,
    inTenant,
    savePolicy,
    token: async (uses = 1) => {
      const authorities = (await link.authorities.all()).map(({ fingerprint }) => fingerprint);
      const now = new Date(parts.clock.nowMs());
      const token = { tenantId, id: newId(), policyId, groupId: null, uses, note: '', createdBy: 'test', now };
      const expiresAt = new Date(now.getTime() + 3_600_000);
      return await inTenant((tx) => createToken(tx, { ...token, expiresAt }, { managers, authorities }));
    },
    command: async (vmId, body, more = {}) => {
      const id = newId();
      const now = new Date(parts.clock.nowMs());
      await inTenant((tx) => queueCommand(tx, { tenantId, id, vmId, body, now, createdBy: 'test', ...more }));
      return id;
    },
    another: async (at) => {
      const second = await start(at);
      test.after(() => second.close());
      return second;
    },
  };
}

function pickLimits({
  quota,
  listQuota,
  checkInQuota,
  startQuota,
  strangers,
  connectionsOfVmMax,
}: ManagerOptions): Partial<LinkServerOptions> {
  return {
    ...(quota === undefined ? {} : { quota }),
    ...(listQuota === undefined ? {} : { listQuota }),
    ...(checkInQuota === undefined ? {} : { checkInQuota }),
    ...(startQuota === undefined ? {} : { startQuota }),
    ...(strangers === undefined ? {} : { strangers }),
    ...(connectionsOfVmMax === undefined ? {} : { connectionsOfVmMax }),
  };
}

function documentOf(value: unknown): { readonly document: string; readonly hash: string } {
  const checked = checkPolicy(value);
  const policy: unknown = 'faults' in checked ? value : checked.policy;
  const document = canonicalJson(policy);
  const hash = policyHash(policy as Policy, (text) => createHash('sha256').update(text).digest('hex'));
  return { document, hash };
}
