// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { LazaretError } from '@lazaret/core';
import { failureForPeople, findExpected } from './command-failure.ts';

test('a failure is told once, with its code, where it was and what to do', () => {
  const error = new LazaretError('manager.usage', 'there is no\u001b[2J command "x"', { where: 'x.conf' });
  assert.equal(
    failureForPeople(error),
    'lazaret-manager: there is no [2J command "x" (manager.usage)\n  where: x.conf\n  Run `lazaret-manager --help`.\n',
  );
  const named = new LazaretError('manager.usage', 'there is no x.conf', { where: 'x.conf' });
  assert.ok(!failureForPeople(named).includes('where:'), 'a place that the message names is not told twice');
});

test('what the system refuses is expected: a port in use, a host name that is none, a file that is not there, a bad key', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const second = createServer();
  const inUse = await new Promise<Error>((resolve) => second.once('error', resolve).listen(port, '127.0.0.1'));
  assert.equal(findExpected(inUse)?.code, 'manager.system');
  assert.match(findExpected(inUse)?.message ?? '', new RegExp(`EADDRINUSE.*${port}`));

  const unknown = await new Promise<Error>((resolve) =>
    createServer().once('error', resolve).listen(0, 'no-such-host.invalid'),
  );
  assert.equal(findExpected(unknown)?.code, 'manager.system');
  assert.match(findExpected(unknown)?.message ?? '', /no-such-host\.invalid/);

  const missing = thrownBy(() => readFileSync('/nonexistent/key.pem'));
  assert.deepEqual(
    [findExpected(missing)?.code, findExpected(missing)?.where],
    ['manager.system', '/nonexistent/key.pem'],
  );

  const key = thrownBy(() => createSecureContext({ key: 'no key' }));
  assert.equal(findExpected(key)?.code, 'manager.system', String(key));
});

test('what nobody expected stays a fault of ours', () => {
  for (const error of [new TypeError('x is not a function'), new LazaretError('no.such_code', 'x'), 'text'])
    assert.equal(findExpected(error), null);
  assert.equal(findExpected(Object.assign(new Error('bad'), { code: 'ERR_INVALID_ARG_TYPE' })), null);
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
