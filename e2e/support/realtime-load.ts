// SPDX-License-Identifier: Apache-2.0
// For tests: programs that open files beside real-time (native/gate/openers), and what they may be held to. An open that waits too long fails the test by
// its figure; one that waited for ever would be ended by `timeout`, and fail it too.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { collect } from './product.ts';
import { beside } from './stalls.ts';
import type { RealtimeProduct } from './realtime-product.ts';
import { ROOT } from './places.ts';

const OPENERS = join(ROOT, '.build/native/bin/gate-openers');

/** RT-9a: the deadline and a second. What the machine itself takes to run a process that was woken is the slack: other tests run beside this one. */
export const DEADLINE_MS = 3_000;
const PROMISE_MS = DEADLINE_MS + 1_000;
const SLACK_MS = 750;
/** Who opens, who answers and who watches over both are woken one after the other. */
const WOKEN_IN_TURN = 3;
/** A machine that stands still for longer excuses no more: such a run says nothing of the product. */
const STALL_MS_MAX = 10_000;
const OPENERS_MS_MAX = 170_000;

export interface Opened {
  readonly opens: number;
  readonly refused: number;
  readonly failed: number;
  readonly longestMs: number;
  readonly longest: string;
  /** What opened, and is infected. */
  readonly read: readonly string[];
  /** By how much the machine woke a process too late meanwhile, at worst. */
  readonly stalledMs: number;
}

export interface OpenersChoices {
  readonly threads?: number;
  /** In turn, for so long; absent: each file once. */
  readonly ms?: number;
}

/** Opens files, named as they are seen in the product's place. */
export async function openAll(
  { mounts }: RealtimeProduct,
  names: readonly string[],
  { threads = names.length, ms }: OpenersChoices = {},
): Promise<Opened> {
  const limits = ['timeout', '-s', 'KILL', String(OPENERS_MS_MAX / 1_000)];
  const argv = ['--threads', String(threads), ...(ms === undefined ? [] : ['--ms', String(ms)])];
  const files = names.map((name) => mounts.inside(name));
  const { did, stalledMs } = await beside(() => collect(mounts.start('env', ...limits, OPENERS, ...argv, ...files)));
  assert.equal(did.code, 0, 'no opener was left waiting');
  return { ...(JSON.parse(did.stdout) as Omit<Opened, 'stalledMs'>), stalledMs };
}

/** Prints the figure, and holds it to the promise. */
export function holdToPromise(t: TestContext, what: string, ...all: readonly Opened[]): void {
  const longest = all.reduce((left, right) => (right.longestMs > left.longestMs ? right : left));
  const opens = all.reduce((sum, one) => sum + one.opens, 0);
  const stalledMs = Math.max(...all.map((one) => one.stalledMs));
  t.diagnostic(
    `${what}: ${opens} opens, the longest ${longest.longestMs.toFixed(0)} ms (deadline ${DEADLINE_MS} ms; woken up to ${stalledMs.toFixed(0)} ms too late by the machine)`,
  );
  for (const one of all) {
    const limit = PROMISE_MS + SLACK_MS + Math.min(WOKEN_IN_TURN * one.stalledMs, STALL_MS_MAX);
    assert.ok(one.longestMs <= limit, `${one.longest}: ${one.longestMs} ms, allowed ${limit} ms`);
  }
}
