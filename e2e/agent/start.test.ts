// SPDX-License-Identifier: Apache-2.0
// ./start --once as its user runs it, with a state of the test's own: manager, agent, mail, quarantine and back, real-time; then again on
// what it left.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../support/product.ts';
import { ROOT } from '../support/places.ts';

test('MG-1a, AC-11a, AC-8c: ./start --once goes the whole journey, and again on the same state', {
  timeout: 300_000,
}, async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'lazaret-start-'));
  chmodSync(base, 0o711);
  t.after(() => rmSync(base, { recursive: true, force: true, maxRetries: 10 }));
  const env = {
    ...process.env,
    LAZARET_STATE: join(base, 'state'),
    LAZARET_RUN: join(base, 'run'),
    LAZARET_MANAGER_STATE: join(base, 'manager'),
    LAZARET_MANAGER_RUN: join(base, 'manager-run'),
  };
  for (let round = 0; round < 2; round++) {
    const argv = [join(ROOT, 'apps/cli/src/start.ts'), '--once'];
    const ran = await collect(
      spawn(join(ROOT, 'tools/product-node'), argv, { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    assert.equal(ran.code, 0, `round ${round}: ${ran.stdout} ${ran.stderr}`);
    const last = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '') as Record<string, Record<string, unknown>>;
    assert.deepEqual([last['activated'], last['policyApplied']], [true, true]);
    assert.deepEqual([last['restored']?.['sameBytes'], last['restored']?.['sameMetadata']], [true, true]);
    assert.equal(last['detection']?.['result'], 'quarantined');
    // Real-time on a file system of the demo's own: who tried is the manager's word, not ours.
    assert.deepEqual([last['realtime']?.['state'], last['realtime']?.['refused']], ['on', true]);
    assert.match(String((last['realtime']?.['openedBy'] as { executable?: unknown } | null)?.executable), /\/cat$/);
    assert.ok(!readFileSync('/proc/self/mounts', 'utf8').includes(join(ROOT, 'demo')), 'the mount is gone');
    assert.match(String(last['mail']?.['subject']), /Eicar/i);
  }
});
