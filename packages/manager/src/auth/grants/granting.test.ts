// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rightsOfRole, TENANT_RIGHTS, TENANT_ROLES, type TenantRight } from '@lazaret/contract';
import type { Access } from '../../server/index.ts';
import {
  giverOf,
  giverOfNewTenant,
  mayGiveRole,
  requireOwn,
  rightsOfMaker,
  rightsOfToken,
  roleOfTenantAlone,
  type MakerNow,
} from './granting.ts';

const sorted = (rights: Iterable<string>) => [...rights].toSorted();

test('MG-2b: nobody gives what it has not, and the refusal names it', () => {
  const rights = new Set<TenantRight>(['vms.read', 'vms.write']);
  requireOwn({ rights }, []);
  requireOwn({ rights }, ['vms.write', 'vms.read']);
  assert.throws(() => requireOwn({ rights }, ['vms.read', 'users.write', 'tokens.write']), {
    code: 'api.forbidden',
    message: 'This needs rights that you do not have: users.write, tokens.write.',
  });
});

test('MG-2b: a role is given by who has all of it, and may write users', () => {
  assert.equal(mayGiveRole(new Set(TENANT_RIGHTS), 'admin'), true);
  for (const role of TENANT_ROLES) {
    const own = rightsOfRole(role);
    assert.equal(mayGiveRole(new Set([...own, 'users.write']), role), true, role);
    for (const missing of [...own, 'users.write'] as const)
      assert.equal(
        mayGiveRole(new Set([...own, 'users.write' as const].filter((right) => right !== missing)), role),
        false,
        `${role} without ${missing}`,
      );
  }
});

test('MG-2d: a token has what it was given of what its maker has now', () => {
  assert.deepEqual(rightsOfToken('read-only', ['vms.read', 'vms.write', 'of.nothing']), ['vms.read']);
  assert.deepEqual(rightsOfToken('admin', ['users.write']), ['users.write']);
  assert.deepEqual(rightsOfToken('admin', []), []);
});

test('MG-2b, MG-2d: what somebody gave counts by the rights that it has now', () => {
  const maker: MakerNow = { role: 'operator', isProvider: false, gaveAsProvider: false, tokenRights: null };
  const rightsOf = (change: Partial<MakerNow>) => sorted(rightsOfMaker({ ...maker, ...change }));
  assert.deepEqual(rightsOf({}), sorted(rightsOfRole('operator')));
  assert.deepEqual(rightsOf({ isProvider: true }), sorted(rightsOfRole('operator')), 'as a member it is a member');
  assert.deepEqual(rightsOf({ role: null, isProvider: true }), []);
  assert.deepEqual(rightsOf({ role: null, tokenRights: ['vms.read'] }), [], 'a token of who is no member');
  assert.deepEqual(rightsOf({ tokenRights: ['vms.read', 'users.write'] }), ['vms.read']);
  assert.deepEqual(rightsOf({ tokenRights: undefined }), [], 'the token is gone');
  const asProvider = { role: null, gaveAsProvider: true } as const;
  assert.deepEqual(rightsOf({ ...asProvider, isProvider: true }), sorted(TENANT_RIGHTS));
  assert.deepEqual(rightsOf({ ...asProvider, isProvider: false }), [], 'it is the provider no more');
  assert.deepEqual(rightsOf({ ...asProvider, role: 'admin', isProvider: false }), []);
});

test('MG-2b: an account is changed by an admin of the one tenant to which it belongs, and by no other', () => {
  const of = (tenant_id: string) => ({ tenant_id, role: 'operator' }) as const;
  assert.equal(roleOfTenantAlone({ provider: false, memberships: [of('a')] }, 'a'), 'operator');
  assert.equal(roleOfTenantAlone({ provider: false, memberships: [of('b')] }, 'a'), null);
  assert.equal(roleOfTenantAlone({ provider: false, memberships: [of('a'), of('b')] }, 'a'), null);
  assert.equal(roleOfTenantAlone({ provider: false, memberships: [] }, 'a'), null);
  assert.equal(roleOfTenantAlone({ provider: true, memberships: [of('a')] }, 'a'), null);
});

test('who gives is who asks; the first admin of a new tenant is given all by its provider', () => {
  const actor = { kind: 'provider', id: 'p', name: 'p@example.com' } as const;
  const access = {
    actor,
    rights: new Set(['provider.write']),
    principal: { maker: { userId: 'p', tokenId: 't' } },
  } as unknown as Access;
  const giver = { actor, rights: access.rights, userId: 'p', tokenId: 't', byProvider: false };
  assert.deepEqual(giverOf(access), giver);
  assert.deepEqual(giverOfNewTenant(access), { ...giver, rights: new Set(TENANT_RIGHTS), byProvider: true });
});
