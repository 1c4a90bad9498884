// SPDX-License-Identifier: Apache-2.0
// The messages of the control socket: one JSON object per line. The socket is in a directory that only root can enter, and whoever can connect may use every
// method.
import { z } from 'zod';

/** No request of ours comes near this; a longer line ends the connection. */
export const LINE_BYTES_MAX = 4 * 1024 * 1024;

export const requestSchema = z.object({
  id: z.number().int().nonnegative(),
  method: z.string().max(64),
  params: z.unknown().optional(),
});

export const faultSchema = z.object({
  code: z.string(),
  message: z.string(),
  path: z.string().optional(),
});

/** What comes back: any number of `event`s, then one `result` or one `error`. */
export const replySchema = z.union([
  z.object({ id: z.number().int(), event: z.unknown() }),
  z.object({ id: z.number().int(), error: faultSchema }),
  z.object({ id: z.number().int(), result: z.unknown() }),
]);

export type ControlRequest = z.infer<typeof requestSchema>;
export type ControlFault = z.infer<typeof faultSchema>;
export type ControlReply = z.infer<typeof replySchema>;
