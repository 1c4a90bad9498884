// SPDX-License-Identifier: Apache-2.0
// `lazaret agent run`: the whole agent below its supervisor, with real-time by the policy, on a tmpfs in a mount namespace of the test's own.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eicar } from '@lazaret/testkit';
import { until } from '../support/product.ts';
import { statusOf } from '../support/realtime-bench.ts';
import { events, findBelow, makeRealtime, within, type RealtimeProduct, plant } from '../support/realtime-product.ts';

const TIMEOUT = { timeout: 240_000 };

interface Running {
  readonly product: RealtimeProduct;
  readonly process: ChildProcess;
  /** What a shell in the watched directory reads by this command. */
  readonly reads: (command: string) => string;
}

async function runAgent(t: TestContext, realtime: object): Promise<Running> {
  const product = await makeRealtime(t);
  const { mounts } = product;
  within(mounts, plant('a.com'));
  const directories = { kind: 'list', entries: [{ path: mounts.directory }] };
  const action = { kind: 'custom', primary: 'deny' };
  const policy = product.writePolicy({ realtime: { directories, action, ...realtime } });
  const process = product.spawn('agent', 'run', '--policy', policy);
  process.stdout?.resume();
  // Before the mounts are closed, and whatever happens to the test.
  t.after(() => end(process));
  await untilOn(product);
  return { product, process, reads: (command) => within(mounts, command).stdout };
}

/** With the supervisor the kernel's group goes: nobody is left waiting. */
function end(child: ChildProcess): void {
  if (child.exitCode !== null || child.pid === undefined) return;
  const supervisor = findBelow(child.pid, 'lazaret-supervisor');
  child.kill('SIGKILL');
  process.kill(supervisor, 'SIGKILL');
}

async function untilOn(product: RealtimeProduct): Promise<void> {
  await until(async () => {
    const status = await statusOf(product);
    return status?.state === 'on' && status.watching.length > 0;
  }, 'real-time is on');
}

async function hits(product: RealtimeProduct): Promise<unknown> {
  const { stdout } = await product.lazaret('realtime', 'stats', '--json');
  return (JSON.parse(stdout) as { stats: { exceptions: unknown } | null }).stats?.exceptions;
}

function gaps(product: RealtimeProduct): readonly string[] {
  return events(product).flatMap((event) => (event['type'] === 'realtime.gap' ? [JSON.stringify(event)] : []));
}

test(
  'EX-2e, EX-2h: an exception by process holds for that file on the host alone, whatever a container calls its own; its hits are counted',
  TIMEOUT,
  async (t) => {
    const exceptions = [{ match: { process: '/usr/bin/head' }, reason: 'a scanner of our own' }];
    const { product, reads } = await runAgent(t, { exceptions });
    const content = eicar().toString();
    assert.equal(reads('cat a.com'), '');
    assert.equal(reads('head -c 68 a.com'), content, 'the program itself');
    assert.deepEqual(await hits(product), [{ decidedBy: '/realtime/exceptions/0', hits: 1 }]);
    assert.equal(reads('cp /usr/bin/head ./head; ./head -c 68 a.com'), '', 'its bytes under another file');
    assert.equal(reads('ln -s /usr/bin/cat h; ./h a.com'), '', 'another program');
    const disguised = `unshare -m bash -c "mount --bind /usr/bin/cat /usr/bin/head; /usr/bin/head a.com"`;
    assert.equal(reads(disguised), '', 'another program under its name');
  },
);

test(
  'the supervisor is killed: it comes again, tells the gap, and what is infected is refused again; SIGTERM ends it',
  TIMEOUT,
  async (t) => {
    const { product, process: running, reads } = await runAgent(t, {});
    assert.equal(reads('cat a.com'), '');
    process.kill(findBelow(running.pid ?? -1, 'lazaret-supervisor'), 'SIGKILL');
    await until(() => gaps(product).length > 0, 'the gap is told');
    await untilOn(product);
    await until(() => reads('cat a.com') === '', 'it is refused again');
    assert.match(gaps(product)[0] ?? '', /supervisor-died/);
    running.kill('SIGTERM');
    const [code] = (await once(running, 'exit')) as [number | null];
    assert.equal(code, 0);
  },
);

test(
  'one agent a state: a second `lazaret agent run`, and a real-time scan in the foreground, are refused by name',
  TIMEOUT,
  async (t) => {
    const { product, reads } = await runAgent(t, {});
    assert.equal((await product.lazaret('agent', 'run')).code, 2);
    const { code, stdout } = await product.lazaret('realtime', '--json');
    assert.equal(code, 2);
    assert.match(stdout, /realtime\.runs_already/);
    assert.equal(reads('cat a.com'), '', 'the first goes on');
  },
);
