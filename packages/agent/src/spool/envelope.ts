// SPDX-License-Identifier: Apache-2.0
// The envelope of an event (contract/events.ts): who says it, when by two clocks, under which policy and patterns.
import { randomBytes } from 'node:crypto';
import { EVENT_SCHEMA, uuidV7 } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';
import type { Stamp } from './spool.ts';
import { readBootId } from '@lazaret/host';

export interface EnvelopeSource {
  readonly clock: Clock;
  epoch(): string;
  policyHash(): string | null;
  patternRelease(): string | null;
}

export function envelopeStamp(source: EnvelopeSource): Stamp {
  const bootId = readBootId();
  return () => {
    const nowMs = source.clock.nowMs();
    return {
      schema: EVENT_SCHEMA,
      id: uuidV7(nowMs, randomBytes(10)),
      epoch: source.epoch(),
      time: new Date(nowMs).toISOString(),
      bootId,
      monotonicMs: Math.round(source.clock.monotonicMs()),
      policyHash: source.policyHash(),
      patternRelease: source.patternRelease(),
      decidedBy: null,
    };
  };
}
