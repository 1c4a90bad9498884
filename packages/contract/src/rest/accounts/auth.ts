// SPDX-License-Identifier: Apache-2.0
// REST: set-up, session, the signed-in person, users, API tokens, consents, audit, tenants (MG-2).
import { z } from 'zod';
import { pageQuerySchema, pageSchema, timeSchema, uuidSchema } from '../common.ts';
import { CONSENT_SCOPES, PROVIDER_RIGHTS, TENANT_RIGHTS, TENANT_ROLES } from './rights.ts';

export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 256;

export const languageSchema = z.enum(['en', 'ja']);
export const emailSchema = z.email().max(254);
export const nameSchema = z.string().trim().min(1).max(200);
/** Its rules (length) are told as `auth.password_weak`; here only what cannot be a password at all. */
const newPasswordSchema = z.string().max(PASSWORD_LENGTH_MAX);
const presentedPasswordSchema = z.string().min(1).max(PASSWORD_LENGTH_MAX);
const secretTokenSchema = z.string().min(1).max(200);
const totpCodeSchema = z.string().regex(/^\d{6}$/);
const tenantRightSchema = z.enum(TENANT_RIGHTS);
const roleSchema = z.enum(TENANT_ROLES);

export const setupStateSchema = z.object({ needed: z.boolean() });

export const setupRequestSchema = z.strictObject({
  token: secretTokenSchema,
  email: emailSchema,
  name: nameSchema,
  password: newPasswordSchema,
  tenantName: nameSchema,
  language: languageSchema.default('en'),
});

export const signInRequestSchema = z.strictObject({
  email: z.string().min(1).max(254),
  password: presentedPasswordSchema,
  totp: totpCodeSchema.optional(),
});

export const sessionSchema = z
  .object({
    user: z
      .object({
        id: uuidSchema,
        email: z.string(),
        name: z.string(),
        language: languageSchema,
        provider: z.boolean(),
        totp: z.boolean(),
      })
      .nullable()
      .meta({ description: 'Null when an API token asks.' }),
    tenants: z.array(
      z.object({
        id: uuidSchema,
        name: z.string(),
        /** Null: not a member – the provider by a consent, or a token. */
        role: roleSchema.nullable(),
        rights: z.array(tenantRightSchema),
        /** MG-2c: when the consent ends by which the provider is here. */
        consentUntil: timeSchema.nullable(),
      }),
    ),
    providerRights: z.array(z.enum(PROVIDER_RIGHTS)),
    expiresAt: timeSchema.nullable(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof sessionSchema>;

export const meChangeSchema = z.strictObject({ name: nameSchema.optional(), language: languageSchema.optional() });
export const passwordChangeSchema = z.strictObject({ current: presentedPasswordSchema, password: newPasswordSchema });
export const totpStartSchema = z.strictObject({ password: presentedPasswordSchema });
export const totpSecretSchema = z.object({
  secret: z.string().meta({ description: 'Base32, for an authenticator.' }),
  uri: z.string().meta({ description: 'otpauth:// – for a QR code.' }),
});
/** The password and a code of the authenticator that is removed. */
export const totpRemoveSchema = z.strictObject({ password: presentedPasswordSchema, totp: totpCodeSchema });
export const totpConfirmSchema = z.strictObject({ code: totpCodeSchema });

export const userStateSchema = z.enum(['active', 'invited', 'disabled']);
export const userSchema = z
  .object({
    id: uuidSchema.meta({ description: 'Of the user, or of the invitation while it is not accepted.' }),
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    state: userStateSchema,
    totp: z.boolean(),
    lastSeenAt: timeSchema.nullable(),
    createdAt: timeSchema,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof userSchema>;
export const userPageSchema = pageSchema(userSchema);

export const inviteRequestSchema = z.strictObject({ email: emailSchema, role: roleSchema });
/** The token is shown once; `path` is where the console takes it. */
export const oneTimeLinkSchema = z.object({ token: z.string(), path: z.string(), expiresAt: timeSchema });
export const invitedSchema = z.object({ user: userSchema, link: oneTimeLinkSchema });
export const userChangeSchema = z.strictObject({ role: roleSchema.optional(), disabled: z.boolean().optional() });

/** Who has no account yet says a name and a new password; who has one, its password and, where it has an authenticator, a code. */
export const invitationAcceptSchema = z.strictObject({
  token: secretTokenSchema,
  name: nameSchema,
  password: newPasswordSchema,
  totp: totpCodeSchema.optional(),
  language: languageSchema.default('en'),
});
export const passwordByLinkSchema = z.strictObject({ token: secretTokenSchema, password: newPasswordSchema });

export const API_TOKEN_DAYS_DEFAULT = 90;
export const apiTokenSchema = z
  .object({
    id: uuidSchema,
    name: z.string(),
    rights: z.array(tenantRightSchema),
    createdBy: z.string(),
    createdAt: timeSchema,
    expiresAt: timeSchema.nullable(),
    lastUsedAt: timeSchema.nullable(),
  })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof apiTokenSchema>;
export const apiTokenPageSchema = pageSchema(apiTokenSchema);
export const apiTokenRequestSchema = z.strictObject({
  name: nameSchema,
  rights: z.array(tenantRightSchema).min(1).max(TENANT_RIGHTS.length),
  expiresInDays: z
    .number()
    .int()
    .min(1)
    .max(3_650)
    .nullable()
    .default(API_TOKEN_DAYS_DEFAULT)
    .meta({ description: 'Null: never, which needs the right `tokens.lasting`.' }),
});
export const apiTokenCreatedSchema = z.object({
  apiToken: apiTokenSchema,
  token: z.string().meta({ description: 'Shown this once: `lzt_…`.' }),
});

export const CONSENT_HOURS_MAX = 24 * 90;
export const consentSchema = z
  .object({
    id: uuidSchema,
    scope: z.enum(CONSENT_SCOPES),
    reason: z.string(),
    grantedBy: z.string(),
    startsAt: timeSchema,
    endsAt: timeSchema,
    revokedAt: timeSchema.nullable(),
    active: z.boolean(),
  })
  .meta({ id: 'Consent' });
export type Consent = z.infer<typeof consentSchema>;
export const consentPageSchema = pageSchema(consentSchema);
export const consentRequestSchema = z.strictObject({
  scope: z.enum(CONSENT_SCOPES),
  reason: z.string().trim().min(1).max(2_000),
  hours: z.number().int().min(1).max(CONSENT_HOURS_MAX),
});

export const auditEntrySchema = z
  .object({
    id: uuidSchema,
    at: timeSchema,
    actor: z.object({
      kind: z.enum(['user', 'provider', 'token', 'agent', 'system']),
      id: z.string(),
      name: z.string(),
    }),
    action: z.string(),
    subject: z.string(),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryView = z.infer<typeof auditEntrySchema>;
export const auditPageSchema = pageSchema(auditEntrySchema);
export const auditQuerySchema = pageQuerySchema.extend({
  action: z.string().max(100).optional().meta({ description: 'The beginning of the action: `policies.`' }),
  subject: z.string().max(200).optional(),
  actor: z.string().max(254).optional().meta({ description: 'Id or name.' }),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
});

export const tenantSchema = z
  .object({
    id: uuidSchema,
    name: z.string(),
    createdAt: timeSchema,
    suspendedAt: timeSchema.nullable(),
    consent: z.enum(CONSENT_SCOPES).nullable().meta({ description: 'What the provider may do there now.' }),
  })
  .meta({ id: 'Tenant' });
export type TenantView = z.infer<typeof tenantSchema>;
export const tenantPageSchema = pageSchema(tenantSchema);
export const tenantRequestSchema = z.strictObject({ name: nameSchema, adminEmail: emailSchema });
export const tenantCreatedSchema = z.object({ tenant: tenantSchema, link: oneTimeLinkSchema });
export const tenantChangeSchema = z.strictObject({ name: nameSchema.optional(), suspended: z.boolean().optional() });
