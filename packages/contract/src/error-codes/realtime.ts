// SPDX-License-Identifier: Apache-2.0
// Error codes: real-time scan (RT, SY-2, SY-5).
import type { ErrorCodeEntry } from './entry.ts';

export const REALTIME_CODES = {
  'realtime.not_built': {
    summary: 'A native program of real-time is missing.',
    whatToDo: 'Run `./start`, which builds it.',
  },
  'realtime.gate_down': {
    summary: 'The gate did not take an order.',
    whatToDo:
      'Nothing: the supervisor starts the next one, which is told everything anew. `lazaret agent status` shows it.',
  },
  'realtime.runs_already': {
    summary: 'An agent, or another `lazaret realtime`, runs with the same state.',
    whatToDo: '`lazaret agent status` shows it. Stop it first, or give this one a state of its own by LAZARET_STATE.',
  },
  'realtime.supervisor_failed': {
    summary: 'The supervisor ended again and again right after its start.',
    whatToDo: 'The lines before say why; `./lazaret doctor` examines the system.',
  },
  'realtime.given_patterns': {
    summary: 'This real-time scan runs with patterns that a person named for it.',
    whatToDo: 'Start it without --patterns to use releases.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
