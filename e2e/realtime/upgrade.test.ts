// SPDX-License-Identifier: Apache-2.0
// The gate goes over to the next version of its program (RT-9c), and is killed on the way: at every step that it makes.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { collect, until } from '../support/product.ts';
import { letThroughs, openBench, opensWait } from '../support/realtime-bench.ts';
import { DEADLINE_MS, holdToPromise, openAll } from '../support/realtime-load.ts';
import { events, plant } from '../support/realtime-product.ts';
import { ROOT } from '../support/places.ts';

const STRIKE = join(ROOT, '.build/native/bin/gate-strike');
/** System calls from the first that prepares the exec: the exec is the eighth or so, the new program takes over at its end. */
const STEPS = [0, 1, 3, 5, 6, 7, 8, 9, 10, 12, 16, 24, 40, 60, 80, 90, 100, 110, 120, 140, 200];

test('RT-9c: a gate killed at any step of an upgrade leaves no open waiting past its deadline, and lets none go by untold', {
  timeout: 580_000,
}, async (t) => {
  const bench = await openBench(t, { setUp: `for i in {0..${STEPS.length}}; do ${plant('at-$i.com')}; done` });
  const { product, realtime, signal } = bench;
  let inHand = 0;
  for (const [at, steps] of STEPS.entries()) {
    const name = `at-${at}.com`;
    signal('lazaret-scanner', 'SIGSTOP');
    const opening = openAll(product, [name]);
    // On a busy machine its time may be over before anybody has seen it wait.
    await Promise.race([opening, opensWait(product, 1)]);
    const strike = product.mounts.start(STRIKE, String(realtime.pid('lazaret-gate')), String(steps), 'upgrade');
    const ended = collect(strike);
    await once(strike.stdout ?? strike, 'data');
    // The first one waits for a quiet moment, each further one says that there will be none.
    const gate = realtime.pid('lazaret-gate');
    const urge = setInterval(() => {
      try {
        process.kill(gate, 'SIGTERM');
      } catch {
        // It has been killed.
      }
    }, 50);
    const { code, stdout } = await ended.finally(() => clearInterval(urge));
    assert.equal(code, 0);
    t.diagnostic(`${steps}: ${stdout.replaceAll('\n', ' ')}`);
    signal('lazaret-scanner', 'SIGCONT');
    const opened = await opening;
    holdToPromise(t, `step ${steps}`, opened);
    const path = product.mounts.inside(name);
    if (opened.longestMs < DEADLINE_MS) inHand += 1;
    if (opened.refused === 0)
      await until(() => letThroughs(product).some((one) => one.path === path), `${name} is told`);
    await until(
      () => events(product).some((one) => one['type'] === 'detection' && one['path'] === path),
      `${name} is found`,
    );
  }
  t.diagnostic(`${inHand} of ${STEPS.length} waited when the gate was killed`);
  assert.ok(inHand > STEPS.length / 2);
  assert.equal(realtime.process.exitCode, null);
});
