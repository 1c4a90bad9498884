// SPDX-License-Identifier: Apache-2.0
// Asks the gate for its counts; it answers when it can. Owns who waits for them.
import type { GateStats } from '@lazaret/contract';
import type { Clock } from '@lazaret/platform';
import type { GateCounts, GateLink } from '../../ports/realtime-source.ts';

const ANSWER_MS_MAX = 2_000;

export function gateCounts(link: Pick<GateLink, 'send'>, clock: Clock): GateCounts {
  const asked = new Set<(stats: GateStats) => void>();
  return {
    take: (stats) => asked.forEach((resolve) => resolve(stats)),
    read: async () => {
      const { promise, resolve } = Promise.withResolvers<GateStats | null>();
      asked.add(resolve);
      const answered = new AbortController();
      try {
        if (!(await link.send({ type: 'stats' }))) return null;
        return await Promise.race([promise, clock.sleep(ANSWER_MS_MAX, answered.signal).then(() => null)]);
      } finally {
        answered.abort();
        asked.delete(resolve);
      }
    },
  };
}
