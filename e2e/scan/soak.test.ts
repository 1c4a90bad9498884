// SPDX-License-Identifier: Apache-2.0
// One agent that is never left in peace – runs, pattern switches and the way back, scan processes killed, policies
// changed, clients that go away. Descriptors and memory of agent and scanner must stay flat.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectControl, type ControlClient } from '@lazaret/agent';
import { eicar, fullSize, makeMarker, nestZip, noise, seededRandom, testSeed } from '@lazaret/testkit';
import { makeProduct, until, type Product } from '../support/product.ts';

const SOAK_MS = fullSize ? 600_000 : 60_000;
const FILES = 60;

/** So few that their thirds say something; on a slow machine they take longer than the time. */
const SAMPLES_MIN = 9;

/** Until caches, pools and the heap's generations have their size: nothing is asked of the figures before. */
const WARM_UP_SHARE = 0.3;

const RUN = {
  origin: 'manual',
  limitsOf: 'manual',
  action: 'report',
  policy: null,
  patterns: null,
  crossFileSystems: false,
  load: null,
};

interface Sample {
  readonly atMs: number;
  readonly agentDescriptors: number;
  readonly agentKilobytes: number;
  readonly scannerDescriptors: number;
  readonly scannerKilobytes: number;
  readonly processes: number;
}

interface Status {
  readonly engine: { readonly pid: number };
  readonly patterns: { readonly release: string };
}

const readProcess = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended in between
  }
};

function descriptors(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Its own share of memory: what workers share with their loader is counted once among them. */
const kilobytes = (pid: number): number => Number(/^Pss:\s+(\d+)/m.exec(readProcess(pid, 'smaps_rollup'))?.[1] ?? 0);

/** The process and all below it. */
function family(pid: number): number[] {
  const children = readProcess(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(family)];
}

function sample(agent: number, startedMs: number): Sample {
  const scanners = family(agent).slice(1);
  const sum = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0);
  return {
    atMs: performance.now() - startedMs,
    agentDescriptors: descriptors(agent),
    agentKilobytes: kilobytes(agent),
    scannerDescriptors: sum(scanners.map(descriptors)),
    scannerKilobytes: sum(scanners.map(kilobytes)),
    processes: scanners.length,
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

/** Medians of the first and the last third behind the warm-up. */
function thirds(samples: readonly Sample[], field: keyof Sample): { readonly first: number; readonly last: number } {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const third = Math.ceil(warm.length / 3);
  const values = warm.map((one) => one[field]);
  return { first: median(values.slice(0, third)), last: median(values.slice(-third)) };
}

function makeTree(product: Product, marker: Buffer): void {
  const random = seededRandom(testSeed);
  for (let index = 0; index < FILES; index++) {
    const directory = join(product.directory, `d${index % 6}`);
    mkdirSync(directory, { recursive: true });
    const content = index % 10 === 0 ? nestZip(marker, 3) : noise(20_000, random);
    writeFileSync(join(directory, `f${index}`), index % 15 === 0 ? eicar() : content);
  }
}

async function client(product: Product): Promise<ControlClient> {
  const control = await connectControl(join(product.run, 'agent.sock'));
  assert.ok(control !== null, 'the agent answers');
  return control;
}

test('runs, pattern switches, deaths of the scanner and changes of policy, again and again: memory and descriptors stay flat', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Soak');
  makeTree(product, marker.atEndOf(2_000));
  const patterns = [product.patterns(marker), product.patterns(marker, makeMarker('Other'))];
  const policy = product.writePolicy({ name: 'soak 0' });
  const agent = await product.agent(policy);
  const control = await client(product);
  t.after(() => control.close());
  const random = seededRandom(testSeed);
  const scope = { kind: 'paths', paths: [Buffer.from(product.directory).toString('base64')] };
  const counts = { runs: 0, switches: 0, kills: 0, policies: 0, leavers: 0 };
  const status = async (): Promise<Status> => (await control.call('status')) as Status;
  const run = async (): Promise<void> => {
    const summary = (await control.call('scan.start', { request: { ...RUN, scope }, resume: false })) as {
      readonly files: number;
      readonly infected: number;
      readonly partly: number;
    };
    counts.runs += 1;
    assert.equal(summary.files, FILES, 'every file has its row, whatever died');
    assert.ok(summary.infected + summary.partly >= 4, 'EICAR is found, or said to be not looked at');
  };
  const turns: (() => Promise<void>)[] = [
    run,
    async () => {
      await control.call('patterns.load', { directory: patterns[counts.switches % 2] });
      counts.switches += 1;
    },
    async () => {
      await control.call('patterns.rollback');
      counts.switches += 1;
    },
    async () => {
      const running = run();
      process.kill((await status()).engine.pid, 'SIGKILL');
      counts.kills += 1;
      await running;
    },
    async () => {
      counts.policies += 1;
      writeFileSync(policy, JSON.stringify({ name: `soak ${counts.policies}` }));
    },
    async () => {
      const leaver = await client(product);
      leaver.call('scan.start', { request: { ...RUN, scope }, resume: false }).catch(() => {});
      leaver.close();
      counts.leavers += 1;
    },
  ];
  await control.call('patterns.load', { directory: patterns[1] });
  const samples: Sample[] = [];
  const startedMs = performance.now();
  while (performance.now() - startedMs < SOAK_MS || samples.length < SAMPLES_MIN) {
    for (let turn = 0; turn < 6; turn++) await turns[Math.floor(random() * turns.length)]?.();
    await run();
    await until(async () => ((await control.call('status')) as { runs: unknown[] }).runs.length === 0, 'all runs end');
    samples.push(sample(agent.pid, startedMs));
  }
  assert.equal(agent.process.exitCode, null);
  t.diagnostic(`seed ${testSeed}: ${JSON.stringify(counts)}, ${samples.length} samples`);
  for (const field of ['agentDescriptors', 'agentKilobytes', 'scannerDescriptors', 'scannerKilobytes'] as const) {
    const { first, last } = thirds(samples, field);
    t.diagnostic(`${field}: ${first} → ${last}`);
    const slack = field.endsWith('Kilobytes') ? Math.max(first * 0.25, 24 * 1024) : 3;
    assert.ok(last <= first + slack, `${field} grows: ${first} → ${last} (seed ${testSeed})`);
  }
  assert.ok(counts.runs > 6);
});

test('the figures of the soak can fail: a leak of one descriptor a round is seen', () => {
  const one: Sample = {
    atMs: 0,
    agentDescriptors: 30,
    agentKilobytes: 1,
    scannerDescriptors: 1,
    scannerKilobytes: 1,
    processes: 1,
  };
  const leaking = Array.from({ length: 12 }, (_, round) => ({ ...one, agentDescriptors: 30 + round }));
  const { first, last } = thirds(leaking, 'agentDescriptors');
  assert.ok(last > first + 3, `${first} → ${last}`);
});
