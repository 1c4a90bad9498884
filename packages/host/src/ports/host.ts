// SPDX-License-Identifier: Apache-2.0
import type { Files } from './files.ts';
import type { Machine } from './machine.ts';
import type { Mounts } from './mounts.ts';
import type { Paths } from './paths.ts';
import type { Processes } from './processes.ts';
import type { RealtimeSource } from './realtime-source.ts';
import type { Sockets } from './sockets.ts';

/** One operating system. Parts of the agent are handed those ports that they need; nobody looks one up. */
export interface Host {
  readonly files: Files;
  readonly mounts: Mounts;
  readonly processes: Processes;
  readonly machine: Machine;
  readonly sockets: Sockets;
  readonly realtime: RealtimeSource;
  readonly paths: Paths;
}
