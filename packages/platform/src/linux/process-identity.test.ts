// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isProcessAlive, processIdentity } from './process-identity.ts';

test('AC-9a: this process is alive; another start, another boot, a dead process and nonsense are not', async () => {
  const identity = processIdentity();
  const [pid = '', ticks = '', boot = ''] = identity.split('-');
  assert.equal(isProcessAlive(identity), true);
  assert.equal(isProcessAlive(`${pid}-${Number(ticks) + 1}-${boot}`), false);
  assert.equal(isProcessAlive(`${pid}-${ticks}-00000000`), boot === '00000000');
  const program = `import { processIdentity } from ${JSON.stringify(new URL('./process-identity.ts', import.meta.url).href)}; console.log(processIdentity());`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [told] = (await once(child.stdout, 'data')) as [Buffer];
  await once(child, 'close');
  assert.match(told.toString().trim(), /^\d+-\d+-[0-9a-f]{8}$/);
  assert.equal(isProcessAlive(told.toString().trim()), false);
  for (const nonsense of ['', '1', 'x-y-z', `${identity}-`]) assert.equal(isProcessAlive(nonsense), false);
});
