// SPDX-License-Identifier: Apache-2.0
// Real-time where the kernel gives less: no permission events (files are scanned after they were written), or no fanotify at all. A seccomp filter stands for
// such a kernel or container.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, temporaryDirectory } from '@lazaret/testkit';
import { until } from '../support/product.ts';
import { makeRealtime, within, type RealtimeProduct, plant } from '../support/realtime-product.ts';
import { PROGRAMS } from '../support/places.ts';

const TIMEOUT = { timeout: 120_000 };

async function without(t: TestContext, what: 'permission' | 'all'): Promise<RealtimeProduct> {
  const launcher = join(temporaryDirectory(t), 'without-fanotify');
  const source = join(PROGRAMS, 'without-fanotify.c');
  execFileSync('cc', ['-O1', '-Wall', '-Werror', '-o', launcher, source], { stdio: 'inherit' });
  return await makeRealtime(t, 'true', { below: [launcher, what] });
}

test(
  'SY-2c: without permission events files are scanned after they were written, and the state is degraded with its reason',
  TIMEOUT,
  async (t) => {
    const product = await without(t, 'permission');
    const { mounts } = product;
    const realtime = await product.start('--watch', mounts.directory, '--action', 'quarantine');
    const state = await realtime.line('state', (line) => line['state'] !== 'starting');
    assert.equal(state['state'], 'degraded');
    assert.match(
      String(state['reason']),
      /scanned after they are written, and opens do not wait for a verdict: .*permission events/,
    );
    within(mounts, plant('a.com'));
    const detection = await realtime.line('detection');
    assert.deepEqual([detection['access'], detection['refused']], ['close-write', false]);
    await until(() => !existsSync(mounts.path('a.com')), 'it is taken away');
    assert.match((await product.lazaret('agent', 'status')).stdout, /Real-time: degraded \(files are scanned after/);
    assert.equal(await realtime.stop(), 0);
  },
);

test('where no fanotify is allowed at all, real-time says that it does nothing', TIMEOUT, async (t) => {
  const product = await without(t, 'all');
  const realtime = await product.start('--watch', product.mounts.directory);
  const state = await realtime.line('state', (line) => line['state'] !== 'starting');
  assert.equal(state['state'], 'degraded');
  assert.match(String(state['reason']), /nothing is scanned in real time: .*Operation not permitted/);
  within(product.mounts, plant('a.com'));
  assert.equal(within(product.mounts, 'cat a.com').stdout, eicar().toString(), 'and holds nothing');
  assert.equal(await realtime.stop(), 0);
});
