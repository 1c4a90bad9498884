// SPDX-License-Identifier: Apache-2.0
// The policy of a real-time scan in the foreground: what stands in a file, or is in force here, with what the command line says laid over it.
import { resolve } from 'node:path';
import { acceptPolicy } from '@lazaret/agent';
import { isNetworkPath, type Action, type Policy, type RealtimeSettings } from '@lazaret/core';

export interface ForegroundChoices {
  readonly watch?: readonly string[];
  readonly action?: Action;
  readonly deadlineMs?: number;
  readonly onDeadline?: 'allow' | 'deny';
  readonly onOverload?: 'allow' | 'deny';
}

/** Real-time is on, whatever the policy says: that is what was asked for. Throws the faults of what was chosen. */
export function foregroundPolicy(policy: Policy, choices: ForegroundChoices): Policy {
  const { watch, action, deadlineMs, onDeadline, onOverload } = choices;
  const entries = watch?.map((path) => ({ path: absolute(path), subdirectories: true }));
  const realtime: RealtimeSettings = {
    ...policy.realtime,
    enabled: true,
    ...(entries === undefined ? {} : { directories: { kind: 'list', entries } }),
    ...(action === undefined ? {} : { action: { kind: 'custom', primary: action } }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(onDeadline === undefined ? {} : { onDeadline }),
    ...(onOverload === undefined ? {} : { onOverload }),
  };
  return acceptPolicy({ ...policy, realtime }, 'the command line').policy;
}

/** An empty one, and one that names a network drive, are left as they are: the policy's own checks refuse them. */
function absolute(path: string): string {
  return path === '' || isNetworkPath(path) ? path : resolve(path);
}
