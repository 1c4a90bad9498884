// SPDX-License-Identifier: Apache-2.0
// Whatever ends a test, no VM of it lives on. Here `sleep` stands where QEMU does, and a process of the test's own where the test does.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, until } from '@lazaret/testkit';

interface Owner {
  readonly process: ChildProcess;
  /** Of what it started. */
  readonly pid: number;
  readonly place: string;
}

type Test = Parameters<typeof temporaryDirectory>[0];

async function startOwner(t: Test, secondsMax: number): Promise<Owner> {
  const place = join(temporaryDirectory(t), 'vm-1');
  mkdirSync(place);
  const script = `
    import { spawn } from 'node:child_process';
    import { watchOver } from '${join(import.meta.dirname, 'watch.ts')}';
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    watchOver({ pid: child.pid, place: '${place}', secondsMax: ${secondsMax} });
    console.log(child.pid);`;
  const argv = ['--input-type=module', '--eval', script];
  const owner = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => owner.kill('SIGKILL'));
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  return { process: owner, pid: Number(line), place };
}

/** One that nobody has waited for yet has ended too. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

test('a VM ends with the process of its test, however that ends, and its files go', { timeout: 200_000 }, async (t) => {
  const owner = await startOwner(t, 600);
  assert.ok(!hasEnded(owner.pid));
  owner.process.kill('SIGKILL');
  await until(() => hasEnded(owner.pid), 'the VM has ended');
  await until(() => !existsSync(owner.place), 'its files have gone');
});

test('a VM ends when its time is over, and its files stay for whoever asked', { timeout: 200_000 }, async (t) => {
  const owner = await startOwner(t, 1);
  await until(() => hasEnded(owner.pid), 'the VM has ended');
  assert.ok(existsSync(owner.place));
});
