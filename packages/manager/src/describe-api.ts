// SPDX-License-Identifier: Apache-2.0
// The API document without a database (`lazaret-manager openapi`, docs/reference/rest-api.json): the same routes as a serving manager has, with parts that
// refuse to be used.
import pino from 'pino';
import { Registry } from 'prom-client';
import { LazaretError } from '@lazaret/core';
import { systemClock } from '@lazaret/platform';
import type { Database } from './database/index.ts';
import { registerFeatures } from './features.ts';
import { createServer, type ManagerParts } from './server/index.ts';

function refuse(): never {
  throw new LazaretError('api.internal', 'This manager only describes itself.');
}

const database: Database = {
  asTenant: refuse,
  asIdentity: refuse,
  listen: () => Promise.resolve(() => undefined),
  isAnswering: () => Promise.resolve(false),
  close: () => Promise.resolve(),
};

/** The OpenAPI 3.1 document of this version. */
export async function describeApi(version: string): Promise<object> {
  const parts: ManagerParts = {
    database,
    jobs: { send: refuse, work: refuse, ensureQueue: refuse, schedule: refuse, stop: refuse },
    sealer: { seal: refuse, open: refuse },
    clock: systemClock,
    log: pino({ level: 'silent' }),
    metrics: new Registry(),
    newId: refuse,
  };
  const server = await createServer(parts, { authenticate: () => Promise.resolve(null) }, { version });
  registerFeatures(server, parts, {
    secureCookies: true,
    enrolment: { place: refuse, command: refuse },
    patterns: { starterDirectory: '', clamavDirectory: '' },
  });
  await server.ready();
  const document = server.swagger();
  await server.close();
  return document;
}
