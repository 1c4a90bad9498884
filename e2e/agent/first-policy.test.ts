// SPDX-License-Identifier: Apache-2.0
// A VM before its first policy, and how it comes to its manager: nothing is touched before somebody said so, the token is read by nobody else, and leaving
// a manager ends no protection.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar } from '@lazaret/testkit';
import { makeManager, type TestManagerLink } from '../support/manager.ts';
import { collect, makeProduct, until, type Product, type Ran, type RunningAgent } from '../support/product.ts';
import { startWhole } from '../support/whole-agent.ts';
import { ROOT } from '../support/places.ts';

const TIMEOUT = { timeout: 180_000 };

interface Status {
  readonly policy: { readonly name: string; readonly hash: string; readonly refused: { readonly code: string } | null };
  readonly manager: { readonly connected: boolean } | null;
}

async function statusOf(product: Product): Promise<Status> {
  return JSON.parse((await product.lazaret('agent', 'status', '--json')).stdout) as Status;
}

function plantIn(product: Product): string {
  const path = join(product.directory, 'a.com');
  writeFileSync(path, eicar());
  return path;
}

async function savePolicy(manager: TestManagerLink): Promise<string> {
  return manager.savePolicy({
    name: 'of the manager',
    // A whole agent of these tests must not watch the machine.
    realtime: { enabled: false },
    scheduled: { enabled: false },
    manual: { action: { kind: 'custom', primary: 'quarantine' } },
    agent: { knock: { enabled: false } },
  });
}

/** A VM of a manager whose policy is in force. */
async function managed(t: TestContext): Promise<{ product: Product; hash: string; agent: RunningAgent }> {
  const manager = await makeManager(t);
  const hash = await savePolicy(manager);
  const product = makeProduct(t);
  assert.equal((await product.activate(await manager.token())).code, 0);
  const agent = await product.agent();
  await until(async () => (await statusOf(product)).policy.hash === hash, 'its policy is in force');
  return { product, hash, agent };
}

const codeOf = ({ stdout }: Ran): unknown => (JSON.parse(stdout) as { error?: { code: unknown } }).error?.code;

test(
  'before its first policy an agent reports what it finds and changes nothing; with a policy it acts',
  TIMEOUT,
  async (t) => {
    const product = makeProduct(t);
    const path = plantIn(product);
    const agent = await product.agent();
    assert.match((await statusOf(product)).policy.name, /report only/);
    assert.ok(
      agent.log.some(({ msg }) => String(msg).includes('no policy yet')),
      'it says so',
    );
    const reported = await product.scan(product.directory, '--action', 'policy');
    assert.deepEqual([reported.code, reported.files[0]?.action?.primary.action], [1, 'pass']);
    assert.ok(existsSync(path));
    writeFileSync(join(product.state, 'policy.yaml'), 'manual: { action: { kind: custom, primary: quarantine } }\n');
    await until(async () => !/report only/.test((await statusOf(product)).policy.name), 'the policy is in force');
    await product.scan(product.directory, '--action', 'policy');
    assert.equal(existsSync(path), false);
  },
);

test('an agent that is given a policy file which is not there does not start', TIMEOUT, async (t) => {
  const product = makeProduct(t);
  const missing = join(product.directory, 'policy.yaml');
  const ran = await product.lazaret('agent', 'run', '--policy', missing);
  assert.equal(ran.code, 2, ran.stdout + ran.stderr);
  assert.match(ran.stdout + ran.stderr, /path\.not_found/);
  assert.ok((ran.stdout + ran.stderr).includes(missing));
});

test(
  'an agent whose named policy file is gone when its supervisor starts it again only reports, and tells it as a fault',
  TIMEOUT,
  async (t) => {
    const product = makeProduct(t);
    const missing = join(product.directory, 'policy.yaml');
    const agent = await product.agent(missing);
    const { policy } = await statusOf(product);
    assert.match(policy.name, /report only/);
    assert.equal(policy.refused?.code, 'path.not_found');
    const faults = agent.log.filter(({ code }) => code === 'path.not_found');
    assert.deepEqual(
      faults.map(({ file }) => file),
      [missing],
    );
    const events = (await product.lazaret('agent', 'events')).stdout;
    assert.match(events, /"code":"path\.not_found".*"type":"policy\.refused"/);
  },
);

test('on a VM of a manager an agent starts without the file that was named', TIMEOUT, async (t) => {
  const { product, hash, agent: first } = await managed(t);
  await first.stop();
  await startWhole(t, product, join(product.directory, 'none.yaml'));
  assert.equal((await statusOf(product)).policy.hash, hash);
});

test('a policy file that is named on a VM of a manager is not in force, and that is told', TIMEOUT, async (t) => {
  const { product, hash, agent: first } = await managed(t);
  await first.stop();
  const agent = await product.agent(product.writePolicy({}));
  assert.equal((await statusOf(product)).policy.hash, hash);
  assert.ok(
    agent.log.some(({ msg }) => String(msg).includes('is not in force')),
    'it says so',
  );
});

test(
  'without an agent a scan by hand is decided as the agent would: report only, then by the manager’s policy',
  TIMEOUT,
  async (t) => {
    const manager = await makeManager(t);
    const hash = await savePolicy(manager);
    const product = makeProduct(t);
    const path = plantIn(product);
    await product.scan(product.directory, '--action', 'policy');
    assert.ok(existsSync(path), 'no policy yet');
    assert.equal((await product.activate(await manager.token())).code, 0);
    const agent = await product.agent();
    await until(async () => (await statusOf(product)).policy.hash === hash, 'the manager’s policy is in force');
    await agent.stop();
    await product.scan(product.directory, '--action', 'policy');
    assert.equal(existsSync(path), false, 'decided by the manager’s policy');
  },
);

test(
  'MG-1a: a VM is activated before its agent runs; the agent that starts then belongs to the manager, and a second activation is refused',
  TIMEOUT,
  async (t) => {
    const manager = await makeManager(t);
    const hash = await savePolicy(manager);
    const product = makeProduct(t);
    const activated = await product.activate(await manager.token());
    assert.equal(activated.code, 0, activated.stdout + activated.stderr);
    assert.equal(codeOf(await product.activate(await manager.token())), 'link.activated_already');
    await product.agent();
    await until(async () => (await statusOf(product)).policy.hash === hash, 'its policy is in force');
    assert.equal((await statusOf(product)).manager?.connected, true);
  },
);

test('leaving the manager keeps its policy in force, also over a restart', TIMEOUT, async (t) => {
  const { product, agent } = await managed(t);
  assert.equal((await product.lazaret('agent', 'deactivate')).code, 0);
  await agent.stop();
  await product.agent();
  const { policy, manager: left } = await statusOf(product);
  assert.deepEqual([policy.name, left], ['of the manager', null]);
});

test(
  'the enrolment token comes by a file, the environment or standard input; as an argument it is refused',
  TIMEOUT,
  async (t) => {
    const manager = await makeManager(t);
    await savePolicy(manager);
    const product = makeProduct(t);
    const refused = await product.lazaret('agent', 'activate', '--json', await manager.token());
    assert.deepEqual([refused.code, codeOf(refused)], [2, 'cli.secret_argument']);
    const file = join(product.directory, 'token');
    writeFileSync(file, `${await manager.token()}\n`);
    const byFile = await product.lazaret('agent', 'activate', '--json', '--token-file', file);
    assert.equal(byFile.code, 0, byFile.stdout);
    assert.equal(
      (await product.lazaret('agent', 'activate', '--json', '--token-file', join(product.directory, 'none'))).code,
      2,
    );

    const other = makeProduct(t);
    const { LAZARET_STATE, LAZARET_RUN } = { LAZARET_STATE: other.state, LAZARET_RUN: other.run };
    const cli = join(ROOT, 'apps/cli/src/main.ts');
    const launcher = join(ROOT, 'tools/product-node');
    const child = spawn(launcher, [cli, 'agent', 'activate', '--json'], {
      env: { ...process.env, LAZARET_STATE, LAZARET_RUN },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const token = await manager.token();
    const ran = collect(child);
    assert.ok(!readFileSync(`/proc/${child.pid ?? 0}/cmdline`, 'utf8').includes(token));
    child.stdin.end(`${token}\n`);
    assert.equal((await ran).code, 0, (await ran).stdout);
  },
);
