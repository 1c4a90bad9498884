// SPDX-License-Identifier: Apache-2.0
// Background work (pg-boss, schema `jobs`). A job is sent in the transaction of the row that it belongs to: no row without its job, no job without its
// row. At least once: a worker must bear to see a job again. Owns: pg-boss and its pool. Who closes: `stop`, by the composition root.
import { PgBoss, type JobWithMetadata, type Queue, type SendOptions } from 'pg-boss';
import { CompiledQuery, sql } from 'kysely';
import type { Connections } from './connections.ts';
import type { AnyTransaction } from './notify.ts';
import { guarded } from './outage.ts';

const JOBS_SCHEMA = 'jobs';
const CONNECTIONS_MAX = 4;

export interface JobQueue {
  readonly name: string;
  /** Tries after the first one, with growing waits; then it goes to `<name>.dead`. */
  readonly retryLimit: number;
  readonly retryDelaySeconds: number;
  readonly retryDelayMaxSeconds: number;
  /** How long one try may take before it counts as lost. */
  readonly expireInSeconds: number;
}

export interface Jobs {
  /** Sends in the row's own transaction. */
  send(tx: AnyTransaction, queue: string, data: object, options?: SendOptions): Promise<void>;
  /** Works a queue in this process, one job at a time; throw to have it tried again. */
  work<T extends object>(queue: JobQueue, handler: (data: T, job: JobWithMetadata<T>) => Promise<void>): Promise<void>;
  /** Makes a queue without working it, so that something can be sent there. */
  ensureQueue(queue: JobQueue): Promise<void>;
  /** A job that comes again by a cron expression; whichever manager is free does it. */
  schedule(queue: string, cron: string, zone?: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startJobs({ service }: Connections, onError: (error: Error) => void): Promise<Jobs> {
  const boss = new PgBoss({
    ...(service as object),
    options: '-c role=lazaret_jobs',
    schema: JOBS_SCHEMA,
    createSchema: false,
    max: CONNECTIONS_MAX,
  });
  boss.on('error', onError);
  await guarded(() => boss.start());
  const ensureQueue = async (queue: JobQueue): Promise<void> => {
    const dead = `${queue.name}.dead`;
    await boss.createQueue(dead, {});
    const options: Omit<Queue, 'name'> = {
      retryLimit: queue.retryLimit,
      retryDelay: queue.retryDelaySeconds,
      retryBackoff: true,
      retryDelayMax: queue.retryDelayMaxSeconds,
      expireInSeconds: queue.expireInSeconds,
      deadLetter: dead,
    };
    await boss.createQueue(queue.name, options);
  };
  return {
    ensureQueue,
    send: async (tx, queue, data, options = {}) => {
      // The roles of tenants and identity have no right on the jobs of others: the transaction takes on the role of jobs for this one row.
      const { rows } = await sql<{ role: string; path: string }>`select current_setting('role') as role,
        current_setting('search_path') as path, set_config('role', 'lazaret_jobs', true)`.execute(tx);
      const id = await boss.send(queue, data, { ...options, db: transactionDatabase(tx) });
      await sql`select set_config('role', ${rows[0]?.role ?? 'none'}, true)`.execute(tx);
      if (id === null && options.singletonKey === undefined) throw new Error(`no job was made in ${queue}`);
    },
    work: async (queue, handler) => {
      await ensureQueue(queue);
      await boss.work(queue.name, { includeMetadata: true, pollingIntervalSeconds: 1 }, async (jobs) => {
        for (const job of jobs) await handler(job.data as never, job as never);
      });
    },
    schedule: (queue, cron, zone = 'UTC') => boss.schedule(queue, cron, null, { tz: zone }),
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}

function transactionDatabase(tx: AnyTransaction): {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
} {
  return {
    executeSql: async (text, values = []) => ({ rows: (await tx.executeQuery(CompiledQuery.raw(text, values))).rows }),
  };
}
