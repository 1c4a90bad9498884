// SPDX-License-Identifier: Apache-2.0
// What features are handed, for tests: a real database, real jobs, a sealer with a key of its own, a log that says nothing.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidV7 } from '@lazaret/contract';
import { type Clock, systemClock } from '@lazaret/platform';
import pino from 'pino';
import { Registry } from 'prom-client';
import { startJobs } from '../database/index.ts';
import { openSealer } from '../sealing/index.ts';
import type { ManagerParts } from '../server/index.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

export interface TestParts extends ManagerParts {
  readonly testDatabase: TestDatabase;
}

/** Closed by `after`. `clock`: the machine's where absent. */
export async function testParts(
  test: { after(work: () => Promise<void>): void },
  options: { readonly clock?: Clock } = {},
): Promise<TestParts> {
  const opened = await testDatabase(test);
  const jobs = await startJobs(opened.connections, (error) => {
    throw error;
  });
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-keys-'));
  test.after(async () => {
    await jobs.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const clock = options.clock ?? systemClock;
  return {
    testDatabase: opened,
    database: opened.database,
    jobs,
    sealer: openSealer(join(directory, 'installation.key')),
    clock,
    log: pino({ level: process.env['LAZARET_TEST_LOG'] ?? 'silent' }),
    metrics: new Registry(),
    newId: () => uuidV7(clock.nowMs(), randomBytes(10)),
  };
}

/** A tenant, straight into the table. Returns its id. */
export async function addTestTenant({ database, newId }: ManagerParts, name: string): Promise<string> {
  const id = newId();
  await database.asIdentity((tx) => tx.insertInto('tenants').values({ id, name, suspended_at: null }).execute());
  return id;
}
