// SPDX-License-Identifier: Apache-2.0
// For tests: real-time over files that lay there before anything watched, so that nothing has looked at them yet, and one of them infected.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { connectControl, type RealtimeStatus } from '@lazaret/agent';
import { until } from './product.ts';
import { DEADLINE_MS } from './realtime-load.ts';
import {
  events,
  followEvents,
  makeRealtime,
  plant,
  within,
  type RealtimeChoices,
  type RealtimeProduct,
  type RunningRealtime,
} from './realtime-product.ts';

export const INFECTED = 'infected.com';

export interface Bench {
  readonly product: RealtimeProduct;
  readonly realtime: RunningRealtime;
  /** Names of files that nothing has looked at yet. */
  readonly fresh: (count: number) => readonly string[];
  /** Sends a signal to one that the product started; false where it has gone already. */
  readonly signal: (program: string, signal: NodeJS.Signals) => void;
}

export interface BenchChoices extends RealtimeChoices {
  readonly files?: number;
  /** Bash, run in the place before anything watches. */
  readonly setUp?: string;
  readonly action?: string;
  readonly onOverload?: 'allow' | 'deny';
}

interface Test {
  after(work: () => void | Promise<void>): void;
}

export async function openBench(test: Test, choices: BenchChoices = {}): Promise<Bench> {
  const { files = 200, setUp = 'true', action = 'deny', onOverload } = choices;
  const product = await makeRealtime(
    test,
    `${plant(INFECTED)}; for i in {1..${files}}; do echo $i > f$i; done; ${setUp}`,
    choices,
  );
  const argv = ['--watch', product.mounts.directory, '--action', action, '--deadline-ms', String(DEADLINE_MS)];
  if (onOverload !== undefined) argv.push('--on-overload', onOverload);
  const realtime = await product.start(...argv);
  let taken = 0;
  return {
    product,
    realtime,
    fresh: (count) => {
      assert.ok(taken + count <= files, 'more files are to be set up');
      return Array.from({ length: count }, () => `f${++taken}`);
    },
    signal: (program, signal) => void process.kill(realtime.pid(program), signal),
  };
}

/** The end of every hang: protection is back. */
export async function isRefusedAgain({ mounts }: RealtimeProduct): Promise<void> {
  await until(() => within(mounts, `cat ${INFECTED}`).code !== 0, 'the next infected open is refused');
}

/** What `lazaret realtime stats` asks, without its start: on a busy machine that alone takes longer than an open waits. null: no agent answers just now. */
export async function statusOf({ run }: RealtimeProduct): Promise<RealtimeStatus | null> {
  const client = await connectControl(join(run, 'agent.sock')).catch(() => null);
  if (client === null) return null;
  const asked = client.call('realtime.status') as Promise<RealtimeStatus>;
  return await asked.catch(() => null).finally(() => client.close());
}

export async function opensWait(product: RealtimeProduct, count: number): Promise<void> {
  await until(async () => (await statusOf(product))?.stats?.waiting === count, `${count} opens wait`);
}

export interface LetThroughEvent {
  readonly letThrough: string;
  readonly cause: string;
  readonly answered: string;
  readonly path: string | null;
  readonly opener: { readonly executable: string; readonly pid: number; readonly uid: number | null } | null;
  readonly waitedMs: number;
  readonly scanned: { readonly verdict: string; readonly afterMs: number; readonly reasons?: readonly string[] } | null;
}

/** As the spool has them: what is told twice is the same. */
export function letThroughs(product: RealtimeProduct, told = events(product)): readonly LetThroughEvent[] {
  const passed = told.filter(({ type }) => type === 'realtime.let-through');
  return passed as unknown as readonly LetThroughEvent[];
}

/** RT-9b, for opens of these names: each is an event with its file and its process, and each was scanned within a minute. */
export async function areFollowedUp(
  product: RealtimeProduct,
  names: readonly string[],
  causes: readonly string[],
): Promise<void> {
  const paths = names.map((name) => product.mounts.inside(name));
  const told = followEvents(product);
  let scanned = new Map<string | null, LetThroughEvent>();
  const missing = (): readonly string[] => {
    scanned = new Map(letThroughs(product, told()).flatMap((one) => (one.scanned === null ? [] : [[one.path, one]])));
    return paths.filter((path) => !scanned.has(path));
  };
  await until(() => missing().length === 0, 'all are followed up').catch(() => {
    assert.deepEqual(missing(), [], 'followed up');
  });
  for (const path of paths) {
    const one = scanned.get(path);
    assert.ok(one !== undefined && causes.includes(one.cause), `${path}: ${one?.cause}`);
    assert.ok((one.scanned?.afterMs ?? Infinity) < 60_000);
    assert.match(one.opener?.executable ?? '', /\/gate-openers$/, path);
    assert.equal(one.scanned?.verdict, path.endsWith(INFECTED) ? 'infected' : 'clean', JSON.stringify(one));
  }
}
