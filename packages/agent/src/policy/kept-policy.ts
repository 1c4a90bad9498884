// SPDX-License-Identifier: Apache-2.0
// Finds the policy on a VM's disk. The manager's last good document comes first, then the file of an administrator; without either, scans only report. The
// agent and the command line without an agent both ask here, so that a manual scan is decided in the same way.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { acceptPolicy, loadStandingPolicy, reportOnlyInForce, type PolicyInForce } from './policy-file.ts';

export interface PolicyPlaces {
  /** Written by a person. */
  readonly own: string;
  /** A person named `own`: it is missed where it is not there. */
  readonly named?: boolean;
  /** Written by the agent; it goes first where it exists. */
  readonly manager: string;
}

/** Throws the faults of the one that goes first: nothing is decided by another policy than was given. */
export function readKeptPolicy({ own, manager }: PolicyPlaces): PolicyInForce {
  if (existsSync(manager)) return readManagerPolicy(readFileSync(manager, 'utf8'));
  return existsSync(own) ? loadStandingPolicy(own) : reportOnlyInForce();
}

/** Its hash is the document's, not of what we understood of it: an agent of another version must name it as the manager does. */
export function readManagerPolicy(text: string): PolicyInForce {
  const accepted = acceptPolicy(JSON.parse(text), 'the policy of the manager', { unknown: 'kept' });
  return { ...accepted, hash: createHash('sha256').update(text).digest('hex') };
}
