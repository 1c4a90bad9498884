// SPDX-License-Identifier: Apache-2.0
// Activation (MG-1), renewal of a certificate, and what a clone asks for (SY-10b). A key never leaves the VM: only a request to sign it does.
import { z } from 'zod';
import { sha256Schema } from '../identities.ts';
import { managerAddressSchema } from './enrolment-token.ts';

/** PEM of one certificate or request; P-256 ones have under 2 KiB. */
export const pemSchema = z
  .string()
  .max(16_384)
  .regex(/^-----BEGIN [A-Z0-9 ]+-----[A-Za-z0-9+/=\s]+-----END [A-Z0-9 ]+-----\s*$/);

const word = z.string().max(256);

/** What tells one machine from another, and one start of an agent from the next. */
export const holderSchema = z.object({
  /** New at every start of an agent: two that come alternately are two holders of one key. */
  instance: z.uuid(),
  bootId: z.uuid(),
  /** `/etc/machine-id`; null where there is none. */
  machineId: z.string().max(64).nullable(),
  /** DMI `product_uuid`; null where the machine does not tell. */
  hardwareId: z.string().max(64).nullable(),
});
export type Holder = z.infer<typeof holderSchema>;

/** A link of the chain that an agent's state makes: how many calls came before, and a lot that nobody can guess. */
export const markSchema = z.object({
  count: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  lot: z.uuid(),
});
export type Mark = z.infer<typeof markSchema>;

/** SY-10b: what the state of the agent said last, and what it says from this call on. It stands on the VM's disk before the call is made. */
export const shownMarkSchema = z.object({ from: markSchema.nullable(), to: markSchema });
export type ShownMark = z.infer<typeof shownMarkSchema>;

export const addressesSchema = z.array(z.string().max(64)).max(64);

export const machineSchema = z.object({
  hostname: word,
  /** Name for people: `Debian GNU/Linux 12 (bookworm)`. */
  operatingSystem: word,
  kernel: word,
  architecture: word,
  agentVersion: z.string().max(64),
  addresses: addressesSchema,
  memoryBytes: z.number().int().nonnegative(),
});
export type Machine = z.infer<typeof machineSchema>;

export const activateRequestSchema = z.object({
  tenantId: z.uuid(),
  tokenId: z.uuid(),
  secret: z.string().max(64),
  certificateRequest: pemSchema,
  /** What people call the VM; default: its host name. */
  name: word.min(1),
  holder: holderSchema,
  machine: machineSchema,
  time: z.iso.datetime(),
});
export type ActivateRequest = z.infer<typeof activateRequestSchema>;

/** What an agent must know of its managers: told anew whenever `hash` differs from what it has. */
export const trustSchema = z.object({
  hash: sha256Schema,
  /** PEM of every authority that may vouch for a manager. */
  authorities: z.array(pemSchema).min(1).max(8),
  managers: z.array(managerAddressSchema).min(1).max(8),
});
export type Trust = z.infer<typeof trustSchema>;

export const activateAnswerSchema = z.object({
  vmId: z.uuid(),
  tenantId: z.uuid(),
  certificate: pemSchema,
  trust: trustSchema,
  serverTime: z.iso.datetime(),
  /** Agent's clock minus the manager's. */
  clockDifferenceMs: z.number(),
});
export type ActivateAnswer = z.infer<typeof activateAnswerSchema>;

/** `clone`: the manager said that somebody else holds this key; an identity of its own is asked for. */
export const renewRequestSchema = z.object({
  certificateRequest: pemSchema,
  clone: z.boolean(),
  holder: holderSchema,
  machine: machineSchema,
});
export type RenewRequest = z.infer<typeof renewRequestSchema>;

export const renewAnswerSchema = z.object({ vmId: z.uuid(), certificate: pemSchema, trust: trustSchema });
export type RenewAnswer = z.infer<typeof renewAnswerSchema>;

/** Every failure of the link, as of the REST API. */
export const linkErrorSchema = z.object({
  error: z.object({ code: z.string().max(64), message: z.string().max(4_096) }),
});
