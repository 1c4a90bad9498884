// SPDX-License-Identifier: Apache-2.0
// Agent and manager, joined as they are in the field: a real agent process, real TLS, a real PostgreSQL.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, chownSync, lstatSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { eicar, freePort, withinOnce } from '@lazaret/testkit';
import { makeManager, type TestManagerLink } from '../support/manager.ts';
import { makeProduct, until, type Product } from '../support/product.ts';

interface ManagerStatus {
  readonly vmId: string;
  readonly connected: boolean;
  readonly waiting: number;
  readonly acknowledged: number;
  readonly fault: { readonly code: string } | null;
  readonly state: string;
  readonly knock: {
    readonly port: number | null;
    readonly fault: { readonly code: string; readonly message: string } | null;
  };
}

async function statusOf(
  product: Product,
): Promise<{ readonly manager: ManagerStatus | null; readonly policy: { hash: string } }> {
  return JSON.parse((await product.lazaret('agent', 'status', '--json')).stdout) as never;
}

async function policyFor(product: Product): Promise<object> {
  const list = { kind: 'list', entries: [{ path: product.directory, subdirectories: true }] };
  return {
    name: 'of the manager',
    manual: { directories: list, action: { kind: 'custom', primary: 'quarantine' } },
    scheduled: { enabled: false },
    agent: { knock: { enabled: true, port: await freePort() } },
  };
}

async function activated(t: Parameters<typeof makeProduct>[0] & Parameters<typeof makeManager>[0]) {
  const manager = await makeManager(t);
  const product = makeProduct(t);
  const hash = await manager.savePolicy(await policyFor(product));
  const agent = await product.agent();
  const ran = await product.activate(await manager.token());
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  const { vmId } = JSON.parse(ran.stdout) as { vmId: string };
  return { manager, product, agent, hash, vmId };
}

function vmRow(manager: TestManagerLink, vmId: string) {
  return manager.inTenant((tx) => tx.selectFrom('vms').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow());
}

function detections(manager: TestManagerLink) {
  return manager.inTenant((tx) => tx.selectFrom('detections').selectAll().execute());
}

function commandRow(manager: TestManagerLink, id: string) {
  return manager.inTenant((tx) => tx.selectFrom('commands').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
}

test('MG-1a: activated by a token, the VM takes the manager’s policy, scans on command, tells its detection within 5 s, and gives the file back as it was', async (t) => {
  const { manager, product, hash, vmId } = await activated(t);
  await until(async () => (await vmRow(manager, vmId)).applied_hash === hash, 'the policy is applied');
  assert.equal((await statusOf(product)).policy.hash, hash);

  const path = join(product.directory, 'eicar.com');
  writeFileSync(path, eicar());
  chmodSync(path, 0o640);
  chownSync(path, 1234, 4321);
  utimesSync(path, 1_600_000_000, 1_500_000_000);
  execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', path]);
  const before = lstatSync(path);

  const scanned = async (): Promise<void> => {
    const scanId = await manager.command(vmId, { kind: 'scan', scope: 'full', paths: [] });
    await until(async () => (await commandRow(manager, scanId)).state === 'done', 'the command is done');
  };
  const detectionOf = async (file: string) => (await detections(manager)).find((one) => one.path === file);
  const told = async (file: string) => {
    await until(async () => (await detectionOf(file)) !== undefined, 'the detection is at the manager');
    return (await detectionOf(file)) ?? assert.fail(file);
  };
  await scanned();
  const detection = await told(path);
  assert.equal(detection.result, 'quarantined');
  assert.throws(() => statSync(path), /ENOENT/);
  const tookMs = (one: typeof detection): number => one.received_at.getTime() - one.time.getTime();
  let turn = 0;
  await withinOnce(5_000, async () => {
    if (turn++ === 0) return tookMs(detection);
    const again = join(product.directory, `again-${turn}.com`);
    writeFileSync(again, eicar());
    await scanned();
    return tookMs(await told(again));
  });

  const entry = detection.quarantine_entry ?? '';
  const restoreId = await manager.command(
    vmId,
    { kind: 'quarantine-restore', entry, to: null, keepEntry: false },
    { subject: entry },
  );
  await until(async () => (await commandRow(manager, restoreId)).state === 'done', 'the file is restored');
  assert.ok(readFileSync(path).equals(eicar()));
  const after = lstatSync(path);
  assert.deepEqual(
    [after.mode, after.uid, after.gid, after.mtimeMs],
    [before.mode, before.uid, before.gid, before.mtimeMs],
  );
  assert.match(execFileSync('getfattr', ['-n', 'user.note', path]).toString(), /user\.note="kept"/);
});
