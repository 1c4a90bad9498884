// SPDX-License-Identifier: Apache-2.0
// The process of an event (RT-11), and how it came to the file. Texts are for people: bytes that are not UTF-8 show as U+FFFD, secrets as `***`.
import { z } from 'zod';

/** How a file was accessed. `close-write`, `moved`: nobody waited for the scan. */
export const ACCESSES = ['open', 'execute', 'close-write', 'moved'] as const;

export const OPENER_LIMITS = { arguments: 64, argumentLength: 1_024, parents: 32, pathLength: 8_192 } as const;

const path = z.string().max(OPENER_LIMITS.pathLength);
const id = z.number().int().nonnegative();

export const openerSchema = z.object({
  pid: id,
  /** When it began; null where that is not known any more. With the pid it names one process for ever. */
  startedAt: z.iso.datetime().nullable(),
  executable: path,
  commandLine: z.array(z.string().max(OPENER_LIMITS.argumentLength)).max(OPENER_LIMITS.arguments),
  /** Name of the account, or its number where it has none here; null where it is not known any more. */
  user: z.string().max(256).nullable(),
  uid: id.nullable(),
  gid: id.nullable(),
  /** The container that it runs in, by its cgroup; null = none is known. */
  container: z.string().max(256).nullable(),
  /** The nearest first. */
  parents: z.array(z.object({ pid: id, executable: path })).max(OPENER_LIMITS.parents),
});

export type Opener = z.infer<typeof openerSchema>;
export type Access = (typeof ACCESSES)[number];
