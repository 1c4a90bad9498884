// SPDX-License-Identifier: Apache-2.0
// An unreachable database, or one that refuses the login, is not a fault of Lazaret: it has one code, so that callers answer 503 and try again, and a person
// reads what to check.
import { LazaretError } from '@lazaret/core';
import pg from 'pg';

export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw findOutage(error) ?? error;
  }
}

/** A connection of its own for as long as `work` takes. */
export async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  try {
    return await guarded(async () => {
      await client.connect();
      return await work(client);
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Null: the database answered, and something else went wrong. */
export function findOutage(error: unknown): LazaretError | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error ? String(error.code) : '';
  const said = error.message === '' ? code : error.message;
  if (REFUSALS.test(code))
    return new LazaretError('database.unavailable', `PostgreSQL accepts no connections: ${said}.`, { cause: error });
  if (OUTAGE_CODES.has(code) || OUTAGE_STATES.test(code) || OUTAGE_WORDS.test(error.message))
    return new LazaretError('database.unavailable', `The database does not answer: ${said}.`, { cause: error });
  return null;
}

/** A wrong user or password, no such database (SQLSTATE). */
const REFUSALS = /^(?:28|3D)[0-9A-Z]{3}$/;
/** Of connections and of the lookup of their host's name. */
const OUTAGE_CODES = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
/** Connection exceptions, shutdown, starting up, a query over its time, too many connections, read-only server after a switch (SQLSTATE). */
const OUTAGE_STATES = /^(08|57P|57014|53300|25006)/;
/** What pg says of its own, without a code. */
const OUTAGE_WORDS =
  /^(Connection terminated|timeout exceeded when|timeout expired|Query read timeout|Client (was closed|has encountered a connection error))/;
