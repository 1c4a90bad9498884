// SPDX-License-Identifier: Apache-2.0
// For tests: the agent as `lazaret agent run` starts it, below its supervisor. It watches what its policy says: one without real-time, or with a mount of the
// test's own, and never the whole machine.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { until, type Product } from './product.ts';
import { findBelow } from './realtime-product.ts';

/** Resolves when it answers; it is ended with the test. */
export async function startWhole(t: TestContext, product: Product, policyFile: string): Promise<ChildProcess> {
  const child = product.start('agent', 'run', '--policy', policyFile);
  child.stdout?.resume();
  t.after(async () => {
    if (child.exitCode !== null) return;
    process.kill(findBelow(child.pid ?? -1, 'lazaret-supervisor'), 'SIGTERM');
    await once(child, 'exit');
  });
  await until(async () => (await product.lazaret('agent', 'status')).code === 0, 'the agent answers');
  return child;
}
