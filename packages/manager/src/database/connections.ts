// SPDX-License-Identifier: Apache-2.0
// How the database is reached: by two logins of the own cluster, or by the login of DATABASE_URL. Work for a tenant never runs with the rights of a login: in
// every transaction database.ts switches to the role `lazaret_app` or `lazaret_identity`.
import pg from 'pg';
import { applicationName, OWNER_ROLE, SERVICE_ROLE, socketConnection } from './own-cluster.ts';

export interface Connections {
  /** Migrates, makes roles, backs up. */
  readonly owner: pg.ClientConfig;
  /** Everything else. */
  readonly service: pg.ClientConfig;
}

/** The database of ours in our own cluster. */
export function clusterConnections(socketDirectory: string, database = 'lazaret'): Connections {
  return {
    owner: { ...socketConnection(socketDirectory, OWNER_ROLE, database), ...common() },
    service: { ...socketConnection(socketDirectory, SERVICE_ROLE, database), ...common() },
  };
}

export function urlConnections(databaseUrl: string): Connections {
  const config: pg.ClientConfig = { connectionString: databaseUrl, ...common() };
  return { owner: config, service: config };
}

const INT8 = 20;

/** Whole numbers of 64 bit as numbers: none of ours passes 2^53. */
const numbers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(
          oid,
          format,
        )) as typeof pg.types.getTypeParser,
};

function common(): pg.ClientConfig {
  return { application_name: applicationName(), connectionTimeoutMillis: 10_000, keepAlive: true, types: numbers };
}
