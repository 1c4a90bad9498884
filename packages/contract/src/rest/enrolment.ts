// SPDX-License-Identifier: Apache-2.0
// Adding a VM: a token (policy, group, uses, expiry) that is shown once with its command, and the live steps of exactly that token.
import { z } from 'zod';
import { pageSchema, timeSchema, uuidSchema } from './common.ts';
import { countSchema, failureSchema, namedSchema } from './values.ts';

export const enrolmentRequestSchema = z
  .strictObject({
    policyId: uuidSchema,
    groupId: uuidSchema.nullable().default(null),
    uses: z.number().int().min(1).max(10_000).default(1),
    expiresInHours: z.number().int().min(1).max(8_760).default(24),
    note: z.string().trim().max(256).default(''),
  })
  .meta({ id: 'EnrolmentRequest' });

export const enrolmentTokenSchema = z
  .object({
    id: uuidSchema,
    note: z.string(),
    policy: namedSchema,
    group: namedSchema.nullable(),
    uses: z.number().int().positive(),
    used: countSchema,
    createdAt: timeSchema,
    createdBy: z.string().nullable(),
    expiresAt: timeSchema,
    revokedAt: timeSchema.nullable(),
  })
  .meta({ id: 'EnrolmentToken' });
export const enrolmentTokenPageSchema = pageSchema(enrolmentTokenSchema).meta({ id: 'EnrolmentTokenPage' });

/** Once, at its creation: the token itself and the command to copy. */
export const enrolmentCreatedSchema = z
  .object({ token: enrolmentTokenSchema, secret: z.string(), command: z.string() })
  .meta({ id: 'EnrolmentCreated' });

export const ENROLMENT_STEPS = ['connected', 'clock', 'activated', 'policy', 'patterns', 'test-file'] as const;

/** One VM (or one attempt: `vm` null) that came with this token. */
export const enrolmentProgressSchema = z
  .object({
    attempts: z.array(
      z.object({
        vm: namedSchema.nullable(),
        name: z.string(),
        startedAt: timeSchema,
        steps: z.array(
          z.object({
            step: z.enum(ENROLMENT_STEPS),
            state: z.enum(['waiting', 'done', 'failed']),
            at: timeSchema.nullable(),
            error: failureSchema.nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'EnrolmentProgress' });

export type EnrolmentRequest = z.input<typeof enrolmentRequestSchema>;
export type EnrolmentToken = z.infer<typeof enrolmentTokenSchema>;
export type EnrolmentCreated = z.infer<typeof enrolmentCreatedSchema>;
export type EnrolmentStep = (typeof ENROLMENT_STEPS)[number];
export type EnrolmentProgress = z.infer<typeof enrolmentProgressSchema>;
