// SPDX-License-Identifier: Apache-2.0
// What features receive: each takes from it what it needs. The composition root creates and closes these parts.
import type { Clock } from '@lazaret/platform';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Database, Jobs } from '../database/index.ts';
import type { Sealer } from '../sealing/index.ts';

export interface ManagerParts {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  /** A new UUIDv7. */
  readonly newId: () => string;
}
