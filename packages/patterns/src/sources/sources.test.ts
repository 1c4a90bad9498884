// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { LazaretError } from '@lazaret/core';
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import {
  formatRefusal,
  formatSource,
  formatStamp,
  givenSource,
  isDefault,
  isDefaultWithClamav,
  parseRefusal,
  starterSource,
  starterWithClamavSource,
} from './default-sources.ts';
import { besideStarter, chooseOffered, offeringTenants, sourceOfManager, tenantSource } from './offers.ts';

const PLACES = { starter: '/opt/starter', clamavDatabase: '/var/lib/clamav' };

test('a release is of the default sources by its sources, not by its name', () => {
  const [starter, withClamav, given] = [
    starterSource(PLACES),
    starterWithClamavSource(PLACES),
    givenSource('/srv/starter', 'starter', PLACES),
  ];
  assert.deepEqual([starter.label, withClamav.label, given.label], ['starter', 'starter.clamav', 'starter']);
  assert.deepEqual(given.directories, ['/srv/starter', '/opt/starter'], 'what a person gave goes before');
  const judged = [starter, withClamav, given].map((one) => {
    const manifest = { source: formatSource(one) };
    return [isDefault(PLACES, manifest), isDefaultWithClamav(PLACES, manifest)];
  });
  assert.deepEqual(judged, [
    [true, false],
    [true, true],
    [false, false],
  ]);
  assert.equal(isDefault(PLACES, { source: 'manager: /opt/starter' }), false);
});

test('a look at sources is the same in any order, and another once anything in it is', () => {
  const of = (name: string, look: string, hindered: string | null = null) => [
    { directory: '/b', files: [], hindered },
    {
      directory: '/a',
      files: [
        { name, look },
        { name: 'z', look: '9 9' },
      ],
      hindered: null,
    },
  ];
  const stamp = formatStamp(of('x', '1 2'));
  assert.equal(stamp, '/a/x 1 2\n/a/z 9 9\n');
  assert.equal(formatStamp(of('x', '1 2').toReversed()), stamp);
  const others = [of('y', '1 2'), of('x', '1 3'), of('x', 'gone'), of('x', '1 2', 'EACCES')].map(formatStamp);
  assert.equal(new Set([stamp, ...others]).size, 5);
});

test('why a database was refused is read again as it was told; other text is no reason', () => {
  const { code, message } = parseRefusal(formatRefusal(new LazaretError('patterns.load_failed', 'line 3')));
  assert.deepEqual([code, message], ['patterns.load_failed', 'line 3']);
  for (const text of ['', '{', 'null', '{"code":1,"message":"x"}']) assert.throws(() => parseRefusal(text), text);
});

test('SY-10b, PF-6e: a VM gets its tenant’s own release before the provider’s; a copy that nobody accepted the provider’s alone', () => {
  const [own, provider] = [
    { tenant_id: 'tenant', id: 'own' },
    { tenant_id: PROVIDER_TENANT_ID, id: 'provider' },
  ];
  assert.deepEqual(offeringTenants('tenant', true), ['tenant', PROVIDER_TENANT_ID]);
  assert.deepEqual(offeringTenants('tenant', false), [PROVIDER_TENANT_ID]);
  for (const active of [
    [own, provider],
    [provider, own],
  ])
    assert.equal(chooseOffered(active, 'tenant', true), own);
  assert.equal(chooseOffered([provider], 'tenant', true), provider);
  assert.equal(chooseOffered([provider], 'tenant', false), provider);
  assert.equal(chooseOffered([], 'tenant', true), null);
});

test('what a release is called, and where it came from, fits into a manifest', () => {
  assert.equal(sourceOfManager('an upload'), 'manager: an upload');
  assert.equal(sourceOfManager('x'.repeat(5_000)).length, 4_096);
  assert.deepEqual(tenantSource('mirror', 3), { label: 'mirror-own', source: 'mirror and 3 signatures of the tenant' });
  assert.equal(tenantSource('x'.repeat(48), 1).label.length, 48);
});

test('the starter set stands beside what was given, which goes before', () => {
  const of = (name: string, from: string) => ({ name, from });
  const given = [of('kinds.json', 'given'), of('a.ndb', 'given')];
  const starter = [of('kinds.json', 'starter'), of('eicar.yar', 'starter')];
  assert.deepEqual(besideStarter(given, starter), [...given, of('eicar.yar', 'starter')]);
});
