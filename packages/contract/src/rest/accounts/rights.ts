// SPDX-License-Identifier: Apache-2.0
// What a person or a program may do at the manager (MG-2b). One table: the manager checks by it, the console shows by it.

/** The rights inside one tenant. `….read` shows, `….write` changes. */
export const TENANT_RIGHTS = [
  'overview.read',
  'vms.read',
  'vms.write',
  'enrolment.read',
  'enrolment.write',
  'scans.read',
  'scans.write',
  'detections.read',
  'detections.write',
  'quarantine.read',
  'quarantine.write',
  'quarantine.fetch',
  'policies.read',
  'policies.write',
  'groups.read',
  'groups.write',
  'patterns.read',
  'patterns.write',
  'alarms.read',
  'alarms.write',
  'notices.read',
  'terms.read',
  'terms.write',
  'settings.read',
  'settings.write',
  'users.read',
  'users.write',
  'tokens.read',
  'tokens.write',
  'tokens.lasting',
  'consents.read',
  'consents.write',
  'audit.read',
] as const;

/** The rights of who runs the manager. None of them shows data of a tenant. */
export const PROVIDER_RIGHTS = ['provider.read', 'provider.write'] as const;

export type TenantRight = (typeof TENANT_RIGHTS)[number];
export type ProviderRight = (typeof PROVIDER_RIGHTS)[number];
export type Right = TenantRight | ProviderRight;

/** Roles of a member of a tenant. The provider is no member: its rights in a tenant come from a consent. */
export const TENANT_ROLES = ['admin', 'operator', 'read-only'] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

/** How much a tenant lets its provider do while a consent runs (MG-2c). */
export const CONSENT_SCOPES = ['read', 'operate'] as const;
export type ConsentScope = (typeof CONSENT_SCOPES)[number];

/** What only an admin may: who comes in, by which token and for how long, where notifications go, and taking infected files out. */
const ADMIN_ALONE: ReadonlySet<TenantRight> = new Set([
  'users.write',
  'tokens.write',
  'tokens.lasting',
  'settings.write',
  'consents.write',
  'terms.write',
  'quarantine.fetch',
]);

const readRights = TENANT_RIGHTS.filter((right) => right.endsWith('.read'));
const operatorRights = TENANT_RIGHTS.filter((right) => !ADMIN_ALONE.has(right));

const RIGHTS_OF_ROLE: Readonly<Record<TenantRole, readonly TenantRight[]>> = {
  admin: TENANT_RIGHTS,
  operator: operatorRights,
  'read-only': readRights,
};

const RIGHTS_OF_CONSENT: Readonly<Record<ConsentScope, readonly TenantRight[]>> = {
  read: readRights,
  operate: operatorRights,
};

/** The rights of a member by its role. */
export function rightsOfRole(role: TenantRole): readonly TenantRight[] {
  return RIGHTS_OF_ROLE[role];
}

/** The rights of the provider in a tenant while a consent runs. */
export function rightsOfConsent(scope: ConsentScope): readonly TenantRight[] {
  return RIGHTS_OF_CONSENT[scope];
}

/** Who has a right, in words for the message of a refusal. */
export function whoHas(right: Right): readonly string[] {
  if ((PROVIDER_RIGHTS as readonly string[]).includes(right)) return ['provider'];
  return TENANT_ROLES.filter((role) => RIGHTS_OF_ROLE[role].includes(right as TenantRight));
}
