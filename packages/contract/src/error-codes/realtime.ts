// SPDX-License-Identifier: Apache-2.0
// Error codes: real-time scan (RT, SY-2, SY-5).
import type { ErrorCodeEntry } from './entry.ts';

export const REALTIME_CODES = {
  'realtime.not_built': {
    summary: 'A native program of real-time scan is missing.',
    whatToDo: 'Run `./start`, which builds it.',
  },
  'realtime.gate_down': {
    summary: 'The gate did not carry out an order of the agent.',
    whatToDo:
      'Nothing. The supervisor starts a new gate, and the agent gives it all settings again. `lazaret agent status` shows the state.',
  },
  'realtime.runs_already': {
    summary: 'An agent, or another `lazaret realtime`, is running with the same state folder.',
    whatToDo:
      '`lazaret agent status` shows it. Stop it first, or give this command another state folder with LAZARET_STATE.',
  },
  'realtime.supervisor_failed': {
    summary: 'The supervisor ended several times right after its start.',
    whatToDo: 'The lines above this message name the reason. `./lazaret doctor` checks the system.',
  },
  'realtime.given_patterns': {
    summary: 'This real-time scan runs with patterns from --patterns, not with a release.',
    whatToDo: 'To use releases, start it without --patterns.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
