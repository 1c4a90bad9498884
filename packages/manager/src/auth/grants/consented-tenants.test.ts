// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rightsOfConsent } from '@lazaret/contract';
import { consentedTenants, type RunningConsent } from './consented-tenants.ts';

const consent = (id: string, scope: RunningConsent['scope'], hour: number): RunningConsent => ({
  id,
  name: `tenant ${id}`,
  scope,
  ends_at: new Date(Date.UTC(2026, 10, 30, hour)),
});
const shown = (...consents: readonly RunningConsent[]) =>
  consentedTenants(consents).map(({ id, rights, consentUntil }) => {
    const isWide = rights.length === rightsOfConsent('operate').length;
    return `${id} ${isWide ? 'operate' : 'read'} ${consentUntil?.slice(11, 13)}`;
  });

test('a tenant that lets its provider in is shown with the rights of that, its end, and no role', () => {
  assert.deepEqual(consentedTenants([consent('a', 'read', 10)]), [
    {
      id: 'a',
      name: 'tenant a',
      role: null,
      rights: [...rightsOfConsent('read')],
      consentUntil: '2026-11-30T10:00:00.000Z',
    },
  ]);
  assert.deepEqual(consentedTenants([]), []);
});

test('of several consents of a tenant the widest is shown, and of those the one that ends last; each tenant once', () => {
  const [read10, read12, operate11, operate9] = [
    consent('a', 'read', 10),
    consent('a', 'read', 12),
    consent('a', 'operate', 11),
    consent('a', 'operate', 9),
  ];
  assert.deepEqual(shown(read10, read12), ['a read 12']);
  assert.deepEqual(shown(read12, read10), ['a read 12']);
  assert.deepEqual(shown(read12, operate9, operate11), ['a operate 11']);
  assert.deepEqual(shown(operate11, operate9, read12), ['a operate 11']);
  assert.deepEqual(shown(consent('b', 'read', 8), read10, consent('b', 'operate', 7)), ['b operate 07', 'a read 10']);
});
