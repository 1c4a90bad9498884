// SPDX-License-Identifier: Apache-2.0
// What of a connection is an outage. That a running manager answers 503 by it: database.test.ts and apps/manager.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '@lazaret/core';
import type pg from 'pg';
import { startJobs } from './jobs.ts';
import { findOutage, withClient } from './outage.ts';

const thrownBy = (config: pg.ClientConfig): Promise<unknown> =>
  withClient({ user: 'nobody', connectionTimeoutMillis: 30_000, ...config }, () => assert.fail('connected')).catch(
    (error: unknown) => error,
  );

test('a host that nobody knows, a port where nobody listens and a socket that is not there are a database that is away, and are named', async () => {
  const cases: readonly (readonly [pg.ClientConfig, RegExp])[] = [
    [{ host: 'no-such-host.invalid' }, /no-such-host\.invalid/],
    [{ host: '127.0.0.1', port: 1 }, /127\.0\.0\.1:1/],
    [{ host: '/nonexistent' }, /\/nonexistent/],
  ];
  for (const [config, named] of cases) {
    const error = await thrownBy(config);
    assert.ok(error instanceof LazaretError, String(error));
    assert.equal(error.code, 'database.unavailable');
    assert.match(error.message, named);
  }
});

test('the queue of jobs says of a database that is away what every other connection says', async () => {
  const away = { host: '127.0.0.1', port: 1, user: 'nobody' };
  await assert.rejects(
    startJobs({ owner: away, service: away }, () => undefined),
    { code: 'database.unavailable' },
  );
});

test('a database that lets nobody in, starts up, stops, or breaks the connection is away; what it says of a query is not', () => {
  const codeOf = (error: Error): string | undefined => findOutage(error)?.code;
  const states = ['28P01', '28000', '3D000', '57P01', '57P02', '57P03', '57014', '53300', '08006', '25006'];
  for (const code of states)
    assert.equal(codeOf(Object.assign(new Error('no'), { code })), 'database.unavailable', code);
  for (const message of ['Connection terminated unexpectedly', 'timeout expired', 'Query read timeout'])
    assert.equal(codeOf(new Error(message)), 'database.unavailable', message);
  for (const code of ['23505', '42501', '42P01', '40001', 'EACCES'])
    assert.equal(codeOf(Object.assign(new Error('no'), { code })), undefined, code);
  assert.equal(findOutage('text'), null);
});
