// SPDX-License-Identifier: Apache-2.0
// Processes, as far as one must know of another.
import type { ExceptionFacts } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';

export interface CpuMeter {
  /** Milliseconds of one core since the meter was made; only ever grows, also when a worker dies and another comes. */
  usedMs(): number;
}

/** What is told of a process that opened a file (RT-11). */
export interface OpenerFacts {
  userName(uid: number): string;
  /** A command line without its secrets. */
  masked(commandLine: readonly string[]): readonly string[];
  /** When the machine started, in ms since 1970. */
  readonly bootedAtMs: number;
}

export interface Processes {
  /** Ours: never that of a later process with our number. */
  readonly self: string;
  /** Whether the process that gave this as its `self` still runs. */
  isAlive(self: string): boolean;
  /** Whether a process has this number now; it may be another than before. */
  isThere(pid: number | string): boolean;
  /** The files of programs, for exceptions by process (EX-2e). Keeps hashes. */
  programLookup(): ExceptionFacts['program'];
  /** Of us and of the scan process with its workers. */
  cpuMeter(scanner: () => number): CpuMeter;
  openerFacts(clock: Clock): OpenerFacts;
}
