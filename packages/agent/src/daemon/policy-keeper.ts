// SPDX-License-Identifier: Apache-2.0
// The policy in force. Owns the last good one: a file that turned bad is told once and changes nothing.
import { existsSync, statSync } from 'node:fs';
import type { Clock } from '@lazaret/platform';
import { LazaretError } from '@lazaret/core';
import { defaultInForce, loadPolicyFile, type PolicyInForce } from '../policy/index.ts';

export interface PolicyKeeper {
  current(): PolicyInForce;
  /** Reads the file again if it changed. */
  refresh(): void;
  /** Looks again and again until `signal` aborts. */
  watch(signal: AbortSignal): Promise<void>;
}

export interface PolicyEvents {
  applied(policy: PolicyInForce): void;
  refused(error: LazaretError): void;
}

const LOOK_AGAIN_MS = 2_000;

/** Throws when the first policy is bad: an agent must not start with another policy than it was given. */
export function policyKeeper(path: string, clock: Clock, events: PolicyEvents): PolicyKeeper {
  let stamp = stampOf(path);
  let current = stamp === null ? defaultInForce() : loadPolicyFile(path);
  const refresh = (): void => {
    const now = stampOf(path);
    // A file that is gone is not an order to forget what it said.
    if (now === stamp || now === null) return;
    stamp = now;
    try {
      const next = loadPolicyFile(path);
      if (next.hash === current.hash) return;
      current = next;
      events.applied(next);
    } catch (error) {
      events.refused(error instanceof LazaretError ? error : new LazaretError('policy.unreadable', String(error)));
    }
  };
  return {
    current: () => current,
    refresh,
    watch: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(LOOK_AGAIN_MS, signal);
        refresh();
      }
    },
  };
}

function stampOf(path: string): string | null {
  if (!existsSync(path)) return null;
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
}
