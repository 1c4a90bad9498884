// SPDX-License-Identifier: Apache-2.0
// An ordinary user of the VM against every file, lock and socket of agent and manager: what can be opened can be locked, and what is locked keeps us from starting.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeInstallation, startProcess } from '../../apps/manager/src/test-process.ts';
import { eicar } from '@lazaret/testkit';
import { startWhole } from '../support/whole-agent.ts';
import { makeProduct, type Product } from '../support/product.ts';
import { PROGRAMS } from '../support/places.ts';

const TIMEOUT = { timeout: 180_000 };
const NOBODY = 65_534;
const PROBE = join(PROGRAMS, 'probe-places.py');

type Reached = readonly (readonly [way: string, path: string])[];

/** Everything below these directories, and they themselves. */
function everythingBelow(...roots: readonly string[]): readonly string[] {
  const below = (root: string): readonly string[] =>
    readdirSync(root, { recursive: true }).map((name) => join(root, String(name)));
  return roots.flatMap((root) => (existsSync(root) ? [root].concat(below(root)) : []));
}

/** What an ordinary user gets at. */
async function reachedByNobody(t: TestContext, paths: readonly string[], ...argv: string[]): Promise<Reached> {
  const child = spawn('python3', [PROBE, ...argv], { uid: NOBODY, gid: NOBODY, stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  child.stdin.end(paths.join('\0'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return JSON.parse(line) as Reached;
}

/** Real-time off, and a scope of its own: this agent touches nothing of the machine. */
function quietPolicy(product: Product): string {
  return product.writePolicy({
    realtime: { enabled: false },
    scheduled: { enabled: false },
  });
}

/** As in an installation, where every parent can be entered: what keeps others out must be ours. */
function openProduct(t: TestContext): Product {
  const product = makeProduct(t);
  chmodSync(dirname(product.run), 0o755);
  return product;
}

test('another user opens, locks and reaches nothing of a running agent but the clamd socket', TIMEOUT, async (t) => {
  const product = openProduct(t);
  writeFileSync(join(product.directory, 'a.com'), eicar());
  await startWhole(t, product, quietPolicy(product));
  assert.equal((await product.lazaret('scan', product.directory, '--action', 'quarantine')).code, 1);
  const clamd = dirname(product.clamdSocket);
  const paths = everythingBelow(product.state, product.run, clamd);
  for (const one of ['agent.sock', 'scanner.sock', 'gate.sock', 'runs.lock', 'supervisor.lock'])
    assert.ok(paths.includes(join(product.run, one)), `${one} is among the ${paths.length} paths`);
  const reached = await reachedByNobody(t, paths);
  assert.deepEqual(
    reached.filter(([, path]) => path !== clamd),
    [['connect', product.clamdSocket]],
  );
  assert.deepEqual(readdirSync(clamd), ['clamd.sock'], 'nothing else lies where others may enter');
});

test(
  'locks that another user holds from before on directories that were open keep neither agent, scan nor supervisor from starting',
  TIMEOUT,
  async (t) => {
    const product = openProduct(t);
    for (const directory of [product.state, product.run]) mkdirSync(directory, { mode: 0o755 });
    writeFileSync(join(product.run, 'scan.lock'), '', { mode: 0o644 });
    const reached = await reachedByNobody(t, everythingBelow(product.state, product.run), 'hold');
    assert.ok(
      reached.some(([way, path]) => way === 'flock' && path === product.run),
      'the lock is held',
    );
    await startWhole(t, product, quietPolicy(product));
    writeFileSync(join(product.directory, 'a.com'), eicar());
    assert.equal((await product.lazaret('scan', product.directory)).code, 1);
  },
);

test('another user opens, locks and reaches nothing of a running manager and its database', TIMEOUT, async (t) => {
  const installation = makeInstallation(t);
  chmodSync(installation.directory, 0o755);
  await startProcess(installation);
  const paths = everythingBelow(join(installation.directory, 'state'), join(installation.directory, 'run'));
  assert.ok(
    paths.some((path) => path.endsWith('.s.PGSQL.5432')),
    'the database has its socket',
  );
  assert.deepEqual(await reachedByNobody(t, paths), []);
});
