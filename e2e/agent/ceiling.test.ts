// SPDX-License-Identifier: Apache-2.0
// AC-14, the local ceiling: what a VM refuses to its manager and to a tenant's policy, with a real agent under a real manager. Protected is here a folder
// `.ssh` below the test's own directory: keys for signing in are protected wherever they lie.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eicar, makeMarker, packZipCrypto } from '@lazaret/testkit';
import type { CommandBody } from '@lazaret/contract';
import { makeManager, type TestManagerLink } from '../support/manager.ts';
import { makeProduct, until, type Product } from '../support/product.ts';

const TIMEOUT = { timeout: 180_000 };
const QUARANTINE = { kind: 'custom', primary: 'quarantine' } as const;
const base64 = (path: string): string => Buffer.from(path).toString('base64');

/** A directory of its own that nobody else on the machine can take for a place of the system. */
function places(product: Product): { readonly free: string; readonly keys: string } {
  const [free, keys] = [join(product.directory, 'free'), join(product.directory, '.ssh')];
  for (const place of [free, keys]) mkdirSync(place);
  return { free, keys };
}

interface Ordered {
  readonly state: string;
  readonly error_code: string | null;
}

async function order(manager: TestManagerLink, vmId: string, body: CommandBody): Promise<Ordered> {
  const id = await manager.command(vmId, body);
  const row = (): Promise<Ordered> =>
    manager.inTenant((tx) =>
      tx.selectFrom('commands').select(['state', 'error_code']).where('id', '=', id).executeTakeFirstOrThrow(),
    );
  await until(async () => !['queued', 'sent'].includes((await row()).state), 'the command is done');
  return await row();
}

async function entryOf(product: Product, path: string): Promise<string> {
  const { stdout } = await product.lazaret('quarantine', 'list', '--json');
  const { entries } = JSON.parse(stdout) as { entries: readonly { id: string; path: string }[] };
  const entry = entries.find((one) => one.path === path);
  assert.ok(entry !== undefined, `${path} is in the vault: ${stdout}`);
  return entry.id;
}

async function managed(t: TestContext) {
  const manager = await makeManager(t);
  const product = makeProduct(t);
  const policy = {
    name: 'p',
    manual: { action: QUARANTINE },
    scheduled: { enabled: false },
    agent: { knock: { enabled: false } },
  };
  const hash = await manager.savePolicy(policy);
  const { stdout } = await product.activate(await manager.token());
  await product.agent();
  await until(async () => (await product.lazaret('agent', 'status')).stdout.includes(hash.slice(0, 12)), 'the policy');
  return { manager, product, vmId: (JSON.parse(stdout) as { vmId: string }).vmId };
}

test(
  'AC-14a: a manager fetches nothing from a protected place and restores nothing to one, by no link either; strict: nothing at all; at its old place a file goes back',
  TIMEOUT,
  async (t) => {
    const { manager, product, vmId } = await managed(t);
    const { free, keys } = places(product);
    const [loose, key] = [join(free, 'a.com'), join(keys, 'b.com')];
    for (const path of [loose, key]) writeFileSync(path, eicar());
    await product.scan(product.directory, '--action', 'policy');
    assert.deepEqual(
      [existsSync(loose), existsSync(key)],
      [false, false],
      'a pattern of everybody takes from there too',
    );

    const held = await entryOf(product, loose);
    symlinkSync('../.ssh', join(free, 'link'));
    const heldKey = await entryOf(product, key);
    const to = (path: string | null, entry = held): CommandBody => ({
      kind: 'quarantine-restore',
      entry,
      to: path === null ? null : base64(path),
      keepEntry: true,
    });
    const fetchKey = await order(manager, vmId, { kind: 'quarantine-fetch', entry: heldKey });
    assert.deepEqual(fetchKey, { state: 'failed', error_code: 'ceiling.protected_place' });
    for (const path of [join(keys, 'c'), join(free, '../.ssh/c'), '/etc/cron.d/lazaret-test', '/root/lazaret-test'])
      assert.equal((await order(manager, vmId, to(path))).error_code, 'ceiling.protected_place', path);
    // Elsewhere it could be held again, and be fetched then.
    assert.equal((await order(manager, vmId, to(join(free, 'key'), heldKey))).error_code, 'ceiling.protected_place');
    assert.equal(existsSync(join(free, 'key')), false);
    assert.equal(
      (await order(manager, vmId, to(join(free, 'link/c')))).state,
      'failed',
      'a link on the way is not followed',
    );
    assert.deepEqual(readdirSync(keys), []);
    assert.equal((await order(manager, vmId, to(join(free, 'elsewhere')))).state, 'done');
    assert.ok(existsSync(join(free, 'elsewhere')));

    assert.equal((await product.lazaret('agent', 'ceiling', 'set', 'strict')).code, 0);
    assert.equal((await order(manager, vmId, to(join(free, 'again')))).error_code, 'ceiling.strict');
    assert.equal((await order(manager, vmId, { kind: 'quarantine-fetch', entry: held })).error_code, 'ceiling.strict');
    assert.equal((await order(manager, vmId, to(null))).state, 'done');
    const { stdout } = await product.lazaret('agent', 'events');
    const restored = stdout.split('\n').filter((line) => line.includes('"quarantine.restored"'));
    assert.equal(restored.length, 2);
    assert.ok(
      restored.every((line) => (JSON.parse(line) as { orderedBy: string }).orderedBy === 'test'),
      'with the person',
    );
  },
);

test(
  'AC-14b: what the tenant’s own signature, or its rule for what cannot be looked at, names alone is not taken from a protected place',
  TIMEOUT,
  async (t) => {
    const product = makeProduct(t);
    const { free, keys } = places(product);
    const own = makeMarker('Own.Marker');
    const release = mkdtempSync(join(tmpdir(), 'lazaret-own-'));
    t.after(() => rmSync(release, { recursive: true }));
    writeFileSync(join(release, 'tenant.ndb'), own.signature);
    writeFileSync(join(release, 'tenant.json'), JSON.stringify({ names: [own.name] }));
    const unscanned = [{ reasons: ['encrypted'], action: 'quarantine' }];
    await product.agent(
      product.writePolicy({ manual: { action: QUARANTINE, unscanned }, scheduled: { enabled: false } }),
    );
    const loaded = await product.lazaret('patterns', 'load', release);
    assert.equal(loaded.code, 0, loaded.stderr);
    const locked = packZipCrypto(
      mkdtempSync(join(release, 'zip-')),
      [{ name: 'x.txt', content: Buffer.from('secret') }],
      [],
    );
    for (const place of [free, keys]) {
      writeFileSync(join(place, 'marked'), own.atEndOf(1_000));
      writeFileSync(join(place, 'locked.zip'), locked);
    }
    const { files } = await product.scan(product.directory, '--action', 'policy');
    assert.deepEqual(readdirSync(free), []);
    assert.deepEqual(readdirSync(keys).toSorted(), ['locked.zip', 'marked']);
    const left = files.filter(({ path }) => path.startsWith(keys)).map(({ action }) => action?.primary.error);
    assert.deepEqual(left, ['ceiling.protected_place', 'ceiling.protected_place']);
  },
);

test(
  'AC-14c: the brake stops at its limit, tells it, holds over a restart, and goes on by a word on the VM alone',
  TIMEOUT,
  async (t) => {
    const product = makeProduct(t);
    const brake = { perHourMax: 3, sharePercentMax: 100, shareFrom: 1_000 };
    mkdirSync(product.state, { mode: 0o700 });
    writeFileSync(join(product.state, 'ceiling.json'), JSON.stringify({ grade: 'standard', brake }));
    const policy = product.writePolicy({ manual: { action: QUARANTINE }, scheduled: { enabled: false } });
    const agent = await product.agent(policy);
    for (let index = 0; index < 5; index++) writeFileSync(join(product.directory, `${index}.com`), eicar());
    const scan = () => product.scan(product.directory, '--action', 'policy');
    const first = await scan();
    assert.equal(readdirSync(product.directory).length, 2);
    assert.equal(first.files.filter(({ action }) => action?.primary.error === 'ceiling.brake').length, 2);
    assert.match((await product.lazaret('agent', 'events')).stdout, /"quarantine-brake"/);
    await agent.stop();
    await product.agent(policy);
    await scan();
    assert.equal(readdirSync(product.directory).length, 2, 'it holds over a restart');
    assert.match((await product.lazaret('agent', 'ceiling')).stdout, /The limit was reached at/);
    assert.equal((await product.lazaret('agent', 'ceiling', 'go-on')).code, 0);
    await scan();
    assert.deepEqual(readdirSync(product.directory), []);
  },
);
