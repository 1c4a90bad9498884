// SPDX-License-Identifier: Apache-2.0
// Places that a system has, and where its paths lead.
import type { LinkFacts } from '@lazaret/core';

export interface Paths {
  /** Where malware starts: running programs, start-up places, temporary and download places. In the order of what is looked at first; some may not be there. */
  quickPlaces(): readonly string[];
  /** Runs `work` with open descriptors of files of the system itself, which no release may detect (PF-4), and their paths in the same order. */
  withCanaries<T>(work: (descriptors: readonly number[], paths: readonly string[]) => Promise<T>): Promise<T>;
  /** Where a path leads when links are followed; null when it does not exist. */
  realPath(path: string | Buffer): Buffer | null;
  /** Where an exception's place leads over links; null: no link is on the way, or nothing is there. */
  linkOf(path: string): LinkFacts | null;
  /** Whether any user may put files there (EX-2). */
  everyoneCanWrite(path: string): boolean;
  /** Variables of the system, never of a process (EX-2b). */
  systemVariables(): Readonly<Record<string, string>>;
}
