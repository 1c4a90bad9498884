// SPDX-License-Identifier: Apache-2.0
// Values that several answers of the REST API hold. Fields of an answer are always there; what is not known is null.
import { z } from 'zod';
import { uuidSchema } from './common.ts';

export const countSchema = z.number().int().nonnegative();
/** A name of a file as text for people; `pathBase64` has its bytes where they are not UTF-8. It is hostile: show it escaped. */
export const pathTextSchema = z.string().max(65_536);
export const pathBase64Schema = z.string().max(131_072).nullable();
/** A code of the catalogue and its message, where something failed without failing the request. */
export const failureSchema = z.object({ code: z.string(), message: z.string() });

/** Something by its id and name. */
export const namedSchema = z.object({ id: uuidSchema, name: z.string() });

export type Named = z.infer<typeof namedSchema>;
export type Failure = z.infer<typeof failureSchema>;
