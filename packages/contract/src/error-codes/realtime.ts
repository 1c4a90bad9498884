// SPDX-License-Identifier: Apache-2.0
// Error codes: real-time scan (RT, SY-2, SY-5).
import type { ErrorCodeEntry } from './entry.ts';

export const REALTIME_CODES = {
  'realtime.not_supervised': {
    summary: 'The agent was not started by lazaret-supervisor, so nothing is scanned in real-time.',
    whatToDo: 'Start it by the service or by `./start`; the supervisor holds what real-time needs of the kernel.',
  },
  'realtime.not_built': {
    summary: 'A native program of real-time is missing.',
    whatToDo: 'Run `./start`, which builds it.',
  },
  'realtime.gate_down': {
    summary: 'The gate did not take an order.',
    whatToDo:
      'Nothing: the supervisor starts the next one, which is told everything anew. `lazaret agent status` shows it.',
  },
  'realtime.other_listener': {
    summary: 'Another product answers the kernel about opens of files, so real-time is not switched on.',
    whatToDo: 'Remove it, or switch its on-access scan off: real-time begins by itself within a minute.',
  },
  'realtime.no_permission_events': {
    summary: 'The kernel, or the container, lets nobody hold an open: files are scanned after they were written.',
    whatToDo: 'Boot a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS, and run the agent on the host, as root.',
    exitCode: 0,
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
