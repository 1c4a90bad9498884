// SPDX-License-Identifier: Apache-2.0
// The policy of ./start's demo: only the demo folder is looked at, by whatever kind of scan. Pure.
import type { Action } from '@lazaret/core';

export interface DemoChoices {
  /** What scheduled and manual scans do. */
  readonly action: Action;
  /** Real-time refuses and leaves the file: so that it can be tried again and again. */
  readonly realtime: boolean;
}

/** A document of a policy, with defaults for what it does not name. */
export function demoPolicy(demo: string, { action, realtime }: DemoChoices): unknown {
  const directories = { kind: 'list', entries: [{ path: demo, subdirectories: true }] };
  const scan = { directories, action: { kind: 'custom', primary: action } };
  return {
    name: 'demo',
    realtime: { enabled: realtime, directories, action: { kind: 'custom', primary: 'deny' } },
    scheduled: { ...scan, schedule: { kind: 'daily', at: '02:00', every: 'day' } },
    manual: scan,
  };
}
