// SPDX-License-Identifier: Apache-2.0
// Keeps the policy in force. It owns the last good policy: if a file becomes invalid, that is reported once and nothing changes. The policy comes from the VM's
// own file. While the VM belongs to a manager, the policy comes from the manager: its last good document is stored on the disk byte for byte and is named by
// its hash.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { sleepToBeat, writeFileAtomic, type Clock } from '@lazaret/platform';
import { LazaretError } from '@lazaret/core';
import {
  loadStandingPolicy,
  readKeptPolicy,
  readManagerPolicy,
  type PolicyInForce,
  type PolicyPlaces,
} from '../policy/index.ts';

export interface PolicyKeeper {
  current(): PolicyInForce;
  /** Of the newest one, if it was refused. */
  fault(): LazaretError | null;
  /** Reads the file again if it changed. */
  refresh(): void;
  /** Takes the manager's document (RFC 8785 text), if it is good. Answers the fault if not; the last good one stays. */
  take(text: string): LazaretError | null;
  /** Looks again and again until `signal` aborts. */
  watch(signal: AbortSignal): Promise<void>;
}

export interface PolicyEvents {
  applied(policy: PolicyInForce): void;
  refused(error: LazaretError): void;
}

const LOOK_AGAIN_MS = 2_000;

/** Throws when the first policy is bad: an agent must not start with another policy than it was given. */
export function policyKeeper(places: PolicyPlaces, clock: Clock, events: PolicyEvents): PolicyKeeper {
  let stamp = stampOf(places.own);
  let current = readKeptPolicy(places);
  let fault = faultOfMissing(places);
  const tryTo = (work: () => void): LazaretError | null => {
    fault = attempt(work);
    if (fault !== null) events.refused(fault);
    return fault;
  };
  const switchTo = (next: PolicyInForce): void => {
    if (next.hash === current.hash) return;
    current = next;
    events.applied(next);
  };
  const refresh = (): void => {
    if (existsSync(places.manager)) return;
    const now = stampOf(places.own);
    // A file that is gone is not an order to forget what it said.
    if (now === stamp || now === null) return;
    stamp = now;
    tryTo(() => switchTo(loadStandingPolicy(places.own)));
  };
  return {
    current: () => current,
    fault: () => fault,
    refresh,
    take: (text) =>
      tryTo(() => {
        const next = readManagerPolicy(text);
        mkdirSync(dirname(places.manager), { recursive: true, mode: 0o700 });
        writeFileAtomic(places.manager, text, 0o600);
        switchTo(next);
      }),
    watch: async (signal) => {
      while (!signal.aborted) {
        await sleepToBeat(clock, LOOK_AGAIN_MS, signal);
        refresh();
      }
    },
  };
}

/** A named file that is gone is no order to go without a policy. */
function faultOfMissing({ own, named, manager }: PolicyPlaces): LazaretError | null {
  if (named !== true || existsSync(own) || existsSync(manager)) return null;
  return new LazaretError(
    'path.not_found',
    `The policy file ${own} does not exist any more. Detections are only reported, and nothing is changed or blocked.`,
    { where: own },
  );
}

function attempt(work: () => void): LazaretError | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof LazaretError ? error : new LazaretError('policy.unreadable', String(error));
  }
}

function stampOf(path: string): string | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? null : `${facts.mtimeMs} ${facts.size} ${facts.ino}`;
}
