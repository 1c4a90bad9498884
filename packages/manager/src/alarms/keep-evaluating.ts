// SPDX-License-Identifier: Apache-2.0
// Evaluates the alarms of all tenants at regular intervals, because no event tells that a VM has gone silent.
import type { Clock } from '@lazaret/platform';
import type { Logger } from 'pino';
import type { Database } from '../database/index.ts';
import type { ReadRecipients } from '../notify/index.ts';
import { evaluateAlarms } from './evaluate.ts';

export interface AlarmParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
  readonly readRecipients: ReadRecipients;
}

const LOOK_AGAIN_MS = 10_000;

export async function keepEvaluating(parts: AlarmParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await evaluateAll(parts, signal).catch((error: unknown) =>
      parts.log.warn({ err: error }, 'alarms could not be evaluated; the manager tries again later'),
    );
    await parts.clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

export async function evaluateAll(
  { database, clock, newId, readRecipients }: AlarmParts,
  signal: AbortSignal,
): Promise<void> {
  const tenants = await database.asIdentity((tx) => tx.selectFrom('tenants').select('id').execute());
  for (const { id: tenantId } of tenants) {
    if (signal.aborted) return;
    await database.asTenant(tenantId, (tx) =>
      evaluateAlarms({ tx, tenantId, nowMs: clock.nowMs(), newId, readRecipients }),
    );
  }
}
