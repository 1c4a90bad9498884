// SPDX-License-Identifier: Apache-2.0
// Limits how often one address, or one known browser, may try to sign in. This check comes before any other work; only a known browser is looked up in the
// database.
import type { RateLimitOptions } from '@fastify/rate-limit';
import type { ManagerParts } from '../../server/index.ts';
import { callerOf } from '../caller.ts';
import type { Cookies } from '../sessions/cookies.ts';
import { isKnownDevice } from './devices.ts';
import type { AuthOptions } from '../options.ts';

const ATTEMPTS_PER_MINUTE_MAX = 30;

/** For every route at which a stranger can try something: made once, so that they share one count. */
export function attemptsLimit(parts: ManagerParts, options: AuthOptions, cookies: Cookies): RateLimitOptions {
  return {
    max: options.attemptsPerMinuteMax ?? ATTEMPTS_PER_MINUTE_MAX,
    timeWindow: 60_000,
    keyGenerator: async (request) => {
      const { place, device } = callerOf(request, cookies);
      if (device === null) return place;
      const now = new Date(parts.clock.nowMs());
      const isKnown = await parts.database.asIdentity((tx) => isKnownDevice(tx, device, now));
      return isKnown ? device.toString('hex') : place;
    },
  };
}
