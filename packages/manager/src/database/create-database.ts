// SPDX-License-Identifier: Apache-2.0
// Creates the database `lazaret` in the own cluster if it does not exist.
import { withClient } from './outage.ts';
import { OWNER_ROLE, socketConnection } from './own-cluster.ts';

export async function createLazaretDatabase(
  socketDirectory: string,
  name = 'lazaret',
  template?: string,
): Promise<void> {
  try {
    await withClient(socketConnection(socketDirectory, OWNER_ROLE, 'postgres'), async (client) => {
      const found = await client.query('select 1 from pg_database where datname = $1', [name]);
      if (found.rows.length > 0) return;
      const copied = template === undefined ? '' : ` template ${client.escapeIdentifier(template)}`;
      await client.query(`create database ${client.escapeIdentifier(name)}${copied}`);
    });
  } catch (error) {
    // Another manager was faster.
    if (!(error instanceof Error && 'code' in error && (error.code === '42P04' || error.code === '23505'))) throw error;
  }
}
