// SPDX-License-Identifier: Apache-2.0
// Which machine it is, and what it has. Read anew at each call.
import type { Holder, Machine as MachineFacts } from '@lazaret/contract';
import type { FoundProduct, SizeFacts, SystemFacts } from '@lazaret/core';

export interface Machine {
  /** Who holds the key of this VM (SY-10b). */
  readHolder(): Holder;
  /** Where the whole machine was copied with this process in it, both call as one instance. */
  takeNewInstance(): void;
  /** What the manager is told of it. */
  readFacts(agentVersion: string): MachineFacts;
  readSystem(): SystemFacts;
  /** `statePath` need not be there yet. */
  readSize(statePath: string): SizeFacts;
  /** In bytes, of the file system that holds the folder. */
  readDisk(folder: string): { readonly freeBytes: number; readonly totalBytes: number };
  /** Whether the system's own time service keeps to the network's time; null where none says. */
  readClockSynchronised(): boolean | null;
  /** One start of this machine: a UUID. */
  readBootId(): string;
  /** Other anti-virus products that run here (SY-5). */
  readOtherProducts(): readonly FoundProduct[];
  /** `nginx (pid 123)`, of who listens on a port (SY-7b); null when it cannot be told. */
  findPortOwner(port: number): string | null;
  /** The number of an account; null when there is none. */
  userId(name: string): number | null;
  /** Home folders as the accounts of this machine name them; one that an account lacks is ''. */
  readHomes(): readonly string[];
}
