// SPDX-License-Identifier: Apache-2.0
// The lab itself: what a test of the product leans on when it asks for a VM.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { noise, seededRandom, testSeed } from '@lazaret/testkit';
import { PRODUCT, startVm, type Vm } from '../../tools/vm-lab/vm.ts';

test('a VM runs commands and has the product; with full sizes: it keeps its disk through a power cut and a reboot', {
  timeout: 1_800_000,
}, async (t) => {
  const vm = await startVm(t, { name: 'vm-lab' });

  const { code, stdout, stderr } = await vm.run('echo "out ä"; echo err >&2; exit 7');
  assert.deepEqual([code, stdout, stderr], [7, 'out ä\n', 'err\n']);
  assert.deepEqual(await vm.run('kill -9 $$'), { code: null, stdout: '', stderr: '' });
  await assert.rejects(vm.shell('false; true'), /ended with 1/);
  await assert.rejects(vm.run('sleep 60', { timeoutMs: 1_000 }), /not done in 1000 ms/);

  t.diagnostic(`seed: ${testSeed}`);
  const bytes = noise(2_500_000, seededRandom(testSeed));
  await vm.copyIn(bytes, '/var/copied');
  assert.equal(await hashIn(vm), sha256(bytes));
  assert.equal(await vm.shell('systemctl is-system-running'), 'running\n');
  const late = Math.abs(Number(await vm.shell('date +%s')) - Date.now() / 1_000);
  assert.ok(late < 60, `its clock is ${late} s off`);
  assert.equal(await vm.shell(`${PRODUCT}/tools/node --version`), `${process.version}\n`);

  // Each is a boot, of a minute.
  if (process.env['LAZARET_FULL'] === undefined) return;
  const began = await bootId(vm);
  await vm.shell('sync');
  await vm.powerCut();
  const cut = await bootId(vm);
  assert.notEqual(cut, began);
  assert.equal(await hashIn(vm), sha256(bytes));
  await vm.reboot();
  assert.notEqual(await bootId(vm), cut);
  assert.equal(await hashIn(vm), sha256(bytes));
});

async function hashIn(vm: Vm): Promise<string> {
  return (await vm.shell('sha256sum /var/copied')).slice(0, 64);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bootId(vm: Vm): Promise<string> {
  return vm.shell('cat /proc/sys/kernel/random/boot_id');
}
