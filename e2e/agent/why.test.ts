// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar } from '@lazaret/testkit';
import { makeProduct } from '../support/product.ts';

test('an event is told in words: file, threat, what was done, and the rule of the policy that decided', async (t) => {
  const product = makeProduct(t);
  const policy = product.writePolicy({ name: 'why', manual: { action: { kind: 'custom', primary: 'quarantine' } } });
  await product.agent(policy);
  const path = join(product.directory, 'a.com');
  writeFileSync(path, eicar());
  await product.scan('--action', 'policy', product.directory);
  const { stdout } = await product.lazaret('agent', 'events');
  const event = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { id: string; type: string })
    .find(({ type }) => type === 'detection');
  const told = await product.lazaret('why', event?.id.slice(-12) ?? '');
  assert.equal(told.code, 0, told.stderr);
  for (const part of [path, 'Eicar', 'quarantine: done', 'no notification is sent', '/manual'])
    assert.ok(told.stdout.includes(part), `${part} in ${told.stdout}`);
  const json = JSON.parse((await product.lazaret('why', event?.id ?? '', '--json')).stdout) as { rule: unknown };
  assert.ok(json.rule !== null, 'the policy is still in force: its rule is shown');
  const unknown = JSON.parse((await product.lazaret('why', 'ffffffff', '--json')).stdout) as {
    error: { code: string };
  };
  assert.equal(unknown.error.code, 'event.not_found');
});
