// SPDX-License-Identifier: Apache-2.0
// Who may what, against a table of its own.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PROVIDER_RIGHTS, rightsOfConsent, rightsOfRole, TENANT_RIGHTS, whoHas, type TenantRight } from './rights.ts';

const READS = [
  'overview.read',
  'vms.read',
  'enrolment.read',
  'scans.read',
  'detections.read',
  'quarantine.read',
  'policies.read',
  'groups.read',
  'patterns.read',
  'alarms.read',
  'notices.read',
  'terms.read',
  'settings.read',
  'users.read',
  'tokens.read',
  'consents.read',
  'audit.read',
] as const;
const OPERATES = [
  'vms.write',
  'enrolment.write',
  'scans.write',
  'detections.write',
  'quarantine.write',
  'policies.write',
  'groups.write',
  'patterns.write',
  'alarms.write',
] as const;
const ADMIN_ALONE = [
  'quarantine.fetch',
  'terms.write',
  'settings.write',
  'users.write',
  'tokens.write',
  'tokens.lasting',
  'consents.write',
] as const;

const sorted = (rights: readonly TenantRight[]) => rights.toSorted();

test('MG-2b: an admin may all, an operator all but what opens doors, read-only looks alone', () => {
  assert.deepEqual(sorted(rightsOfRole('admin')), sorted([...READS, ...OPERATES, ...ADMIN_ALONE]));
  assert.deepEqual(sorted(rightsOfRole('admin')), sorted(TENANT_RIGHTS));
  assert.deepEqual(sorted(rightsOfRole('operator')), sorted([...READS, ...OPERATES]));
  assert.deepEqual(sorted(rightsOfRole('read-only')), sorted(READS));
});

test('MG-2c: a consent gives the provider no more than an operator has', () => {
  assert.deepEqual(sorted(rightsOfConsent('read')), sorted(READS));
  assert.deepEqual(sorted(rightsOfConsent('operate')), sorted([...READS, ...OPERATES]));
});

test('who has a right is told by its roles; a right over the installation is the provider’s alone', () => {
  for (const right of READS) assert.deepEqual(whoHas(right), ['admin', 'operator', 'read-only'], right);
  for (const right of OPERATES) assert.deepEqual(whoHas(right), ['admin', 'operator'], right);
  for (const right of ADMIN_ALONE) assert.deepEqual(whoHas(right), ['admin'], right);
  for (const right of PROVIDER_RIGHTS) assert.deepEqual(whoHas(right), ['provider'], right);
  assert.deepEqual(PROVIDER_RIGHTS, ['provider.read', 'provider.write']);
});
