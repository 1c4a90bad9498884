// SPDX-License-Identifier: Apache-2.0
// The agent as a process: its duties, its scan from outside, its end, its death, its patterns.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connectControl } from '@lazaret/agent';
import { eventSchema } from '@lazaret/contract';
import { calmZone, eicar, makeMarker, timeThere } from '@lazaret/testkit';
import { collect, makeProduct, toScanned, until, type Product } from '../support/product.ts';

interface Status {
  readonly runs: readonly {
    readonly id: string;
    readonly origin: string;
    readonly state: string;
    readonly percent: number | null;
  }[];
  readonly lastRuns: readonly {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly totals: { files: number } | null;
  }[];
  readonly patterns: { readonly release: string };
  readonly engine: { readonly pid: number; readonly workerDeaths: number };
  readonly policy: { readonly hash: string; readonly refused: { readonly code: string } | null };
}

/** What `lazaret agent status` asks, without its start: on a busy machine that takes seconds, in which a run comes to its end. */
async function status(product: Product): Promise<Status> {
  const client = (await connectControl(join(product.run, 'agent.sock'))) ?? assert.fail('the agent does not answer');
  return (await client.call('status').finally(() => client.close())) as Status;
}

function events(product: Product): Record<string, unknown>[] {
  const directory = join(product.state, 'spool');
  return readdirSync(directory)
    .toSorted()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const FILES = 300;

/** Enough work that a paced run takes several seconds: text is what the engine is slowest with. */
function manyFiles(product: Product, linesEach = 9_000): void {
  for (let index = 0; index < FILES; index++) {
    const directory = join(product.directory, `d${index % 10}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `f${index}.txt`), `file ${index}, a line of plain words\n`.repeat(linesEach));
  }
}

test('SC-6a: `lazaret scan` beside a running agent is a run of that agent, with the same rows', async (t) => {
  const product = makeProduct(t);
  writeFileSync(join(product.directory, 'a.txt'), eicar());
  const alone = await product.scan(product.directory);
  const agent = await product.agent();
  const beside = await product.scan(product.directory);
  assert.deepEqual(beside.files, alone.files);
  assert.equal(beside.code, 1);
  assert.equal((await status(product)).lastRuns.length, 2);
  await agent.stop();
  for (const event of events(product)) {
    const known = eventSchema.safeParse(event);
    assert.ok(known.success, JSON.stringify({ event, error: known.error?.issues }));
  }
  const detections = events(product).filter(({ type }) => type === 'detection');
  assert.equal(detections.length, 2);
});

test('SC-9c: progress, pause, resume and cancel from the command line', async (t) => {
  const product = makeProduct(t);
  // Five commands come and go while it runs, and on a busy machine each takes a second and more.
  manyFiles(product, 36_000);
  await product.agent();
  const scan = product.start('scan', '--json', '--load', 'low', product.directory);
  const done = collect(scan);
  await until(async () => ((await status(product)).runs[0]?.percent ?? 0) >= 1, 'a share is shown');
  assert.equal((await product.lazaret('agent', 'pause')).code, 0);
  assert.equal((await status(product)).runs[0]?.state, 'paused');
  assert.equal((await product.lazaret('agent', 'resume')).code, 0);
  assert.equal((await status(product)).runs[0]?.state, 'running');
  assert.equal((await product.lazaret('agent', 'cancel')).code, 0);
  const { summary, code } = toScanned(await done);
  assert.equal(summary.state, 'cancelled');
  assert.equal(code, 3, 'not everything was looked at');
  assert.ok(summary.files < FILES);
});

test('Ctrl-C of a scan that the agent carries out ends that run, says so, and leaves the agent', async (t) => {
  const product = makeProduct(t);
  manyFiles(product);
  await product.agent();
  const scan = product.start('scan', '--load', 'low', product.directory);
  const done = collect(scan);
  await until(async () => (await status(product)).runs.length === 1, 'the run has begun');
  scan.kill('SIGINT');
  const { code, stderr } = await done;
  assert.equal(code, 2);
  assert.match(stderr, /scan\.cancelled/);
  await until(async () => (await status(product)).lastRuns[0]?.state === 'cancelled', 'the run is cancelled');
});

/** The next full minute that is some seconds away, as a schedule says it in a zone whose midnight is far: SC-5 refuses the first hour of a day. */
function nextMinute(): { readonly at: string; readonly zone: string; readonly atMs: number } {
  const atMs = Math.ceil((Date.now() + 5_000) / 60_000) * 60_000;
  const zone = calmZone(atMs);
  const { hour, minute } = timeThere(zone, atMs);
  return { at: [hour, minute].map((part) => String(part).padStart(2, '0')).join(':'), zone, atMs };
}

test('SC-8d: a manual scan goes first, and the scheduled one waits and then ends', async (t) => {
  const product = makeProduct(t);
  manyFiles(product);
  const entries = [{ path: product.directory }];
  const scheduled = { directories: { kind: 'list', entries }, load: 'low' };
  const policy = product.writePolicy({ scheduled: { ...scheduled, enabled: false } });
  const agent = await product.agent(policy);
  // What was due before it was ordered is not made up: the policy must be in force before its time comes.
  const applied = (): number => agent.log.filter(({ msg }) => msg === 'policy applied').length;
  for (let inTime = false; !inTime; ) {
    const before = applied();
    const { at, zone, atMs } = nextMinute();
    writeFileSync(
      policy,
      JSON.stringify({ scheduled: { ...scheduled, schedule: { kind: 'daily', at, every: 'day', zone } } }),
    );
    await until(() => applied() > before, 'the policy is applied');
    inTime = Date.now() < atMs;
  }
  await until(
    async () => (await status(product)).runs.some(({ origin }) => origin === 'scheduled'),
    'the scheduled scan begins',
  );
  const manual = await product.scan(join(product.directory, 'd0'));
  assert.equal(manual.summary.state, 'done');
  await until(async () => (await status(product)).runs.length === 0, 'the scheduled scan ends');
  const done = (await status(product)).lastRuns.find(({ kind }) => kind === 'scheduled');
  assert.equal(done?.state, 'done');
  assert.equal(done?.totals?.files, FILES);
});

test('SC-9d: a run that kill −9 cut off is taken up at the next start, and counts every file once', async (t) => {
  const product = makeProduct(t);
  manyFiles(product);
  const first = await product.agent();
  const scan = product.start('scan', '--load', 'low', product.directory);
  const ended = collect(scan);
  await until(async () => ((await status(product)).lastRuns[0]?.totals?.files ?? 0) > 20, 'a checkpoint is written');
  await first.stop('SIGKILL');
  assert.equal((await ended).code, 2, 'the client is told that its agent has gone');
  await product.agent();
  await until(async () => (await status(product)).lastRuns[0]?.state === 'done', 'the run is taken up');
  assert.equal((await status(product)).lastRuns[0]?.totals?.files, FILES);
});

function hasCheckpoint(product: Product): boolean {
  const path = join(product.state, 'agent.sqlite');
  if (!existsSync(path)) return false;
  const state = new DatabaseSync(path, { readOnly: true });
  try {
    return state.prepare('SELECT 1 FROM runs WHERE cursor IS NOT NULL').get() !== undefined;
  } catch {
    return false; // the scan is only just making it
  } finally {
    state.close();
  }
}

test('SC-9d: a scan in the foreground that kill −9 cut off goes on with --resume', async (t) => {
  const product = makeProduct(t);
  manyFiles(product);
  const argv = ['scan', '--json', '--load', 'low', product.directory];
  const scan = product.start(...argv);
  const ended = collect(scan);
  await until(() => hasCheckpoint(product), 'a checkpoint is written');
  scan.kill('SIGKILL');
  await ended;
  const again = toScanned(await product.lazaret('scan', '--json', '--resume', '--load', 'low', product.directory));
  assert.equal(again.summary.files, FILES, 'all files, each once');
  assert.ok(again.files.length < FILES, 'not from the start');
});

test('the policy file is followed while the agent runs; a bad one changes nothing and is told', async (t) => {
  const product = makeProduct(t);
  const path = product.writePolicy({ name: 'one' });
  const agent = await product.agent(path);
  const before = (await status(product)).policy.hash;
  writeFileSync(path, '{"manual":{"limits":{"compressionLayersMax":99}}}');
  await agent.logged('the policy file is not valid; the last valid policy stays in force');
  const bad = (await status(product)).policy;
  assert.deepEqual([bad.hash, bad.refused?.code], [before, 'limits.out_of_range']);
  assert.match(
    (await product.lazaret('agent', 'status')).stdout,
    /The newest policy is not in force: .*\(limits\.out_of_range\)/,
  );
  writeFileSync(path, '{"name":"two"}');
  await agent.logged('policy applied');
  const good = (await status(product)).policy;
  assert.notEqual(good.hash, before);
  assert.equal(good.refused, null);
});

test('PF-4a, PF-4b: a release that fails its test is refused and the old one goes on; a good one is switched to, and one command goes back', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Own');
  const sample = join(product.directory, 'own.txt');
  writeFileSync(sample, marker.atEndOf(300));
  await product.agent();
  const before = (await status(product)).patterns.release;
  const bad = product.patterns(makeMarker('Bad'));
  writeFileSync(join(bad, 'canary.yar'), 'rule Everything { condition: true }');
  const refused = await product.lazaret('patterns', 'load', bad, '--json');
  assert.equal(refused.code, 2);
  assert.match(refused.stdout, /patterns\.canary_detected/);
  assert.equal((await status(product)).patterns.release, before);
  assert.equal((await product.scan(sample)).code, 0);
  const good = await product.lazaret('patterns', 'load', product.patterns(marker), '--json');
  assert.equal(good.code, 0, good.stdout);
  assert.equal((await product.scan(sample)).files[0]?.threats[0]?.name.replace(/\.UNOFFICIAL$/, ''), 'Own');
  assert.equal((await product.lazaret('patterns', 'rollback')).code, 0);
  assert.equal((await status(product)).patterns.release, before);
  assert.equal((await product.scan(sample)).code, 0);
  assert.equal((await product.lazaret('patterns', 'load', product.directory, '--json')).code, 2, 'no pattern is there');
  assert.equal((await status(product)).patterns.release, before);
  assert.equal((await status(product)).engine.workerDeaths, 0, 'workers of a retired release did not die');
});

test('PF-1f: update now from the command line', async (t) => {
  const product = makeProduct(t);
  await product.agent();
  const { code, stdout } = await product.lazaret('patterns', 'update', '--json');
  assert.equal(code, 0);
  assert.equal((JSON.parse(stdout) as { outcome: string }).outcome, 'nothing-new');
});

test('SIGTERM ends the agent with nothing left: no process, no socket', async (t) => {
  const product = makeProduct(t);
  const agent = await product.agent();
  const { engine } = await status(product);
  await agent.stop();
  assert.equal(agent.process.exitCode, 0);
  assert.throws(() => process.kill(engine.pid, 0), { code: 'ESRCH' });
  assert.deepEqual(
    readdirSync(product.run).filter((name) => name.endsWith('.sock')),
    [],
  );
});

test('kill −9 of the agent ends its scan process too: no orphan', async (t) => {
  const product = makeProduct(t);
  const agent = await product.agent();
  const { engine } = await status(product);
  await agent.stop('SIGKILL');
  await until(() => !existsProcess(engine.pid), 'the scanner follows its parent');
  rmSync(product.directory, { recursive: true });
});

test('a command that came in between two agents is answered by the next one, and does not wait for a lock that it never gets', async (t) => {
  const product = makeProduct(t);
  await product.agent();
  const [socket, aside] = ['agent.sock', 'aside.sock'].map((name) => join(product.run, name)) as [string, string];
  renameSync(socket, aside);
  const asking = product.start('patterns', 'update', '--json');
  const done = collect(asking);
  await once(asking.stderr ?? asking, 'data');
  renameSync(aside, socket);
  const { code, stderr } = await done;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Another scan is running/);
});

test('where an agent was killed and none follows it, a command does it itself, and takes the dead one’s socket away', async (t) => {
  const product = makeProduct(t);
  const agent = await product.agent();
  await agent.stop('SIGKILL');
  assert.ok(existsSync(join(product.run, 'agent.sock')));
  assert.equal((await product.lazaret('quarantine', 'list', '--json')).code, 0);
  assert.ok(!existsSync(join(product.run, 'agent.sock')));
});

function existsProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
