// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  formatEnrolmentToken,
  managerAddressSchema,
  parseEnrolmentToken,
  splitManagerAddress,
} from './enrolment-token.ts';

const token = {
  tenantId: '01980000-0000-7000-8000-000000000000',
  tokenId: '01980000-0000-7000-8000-000000000001',
  secret: 'A'.repeat(43),
  managers: ['manager.example.com:4120', '192.0.2.1:4120', '[2001:db8::1]:4120'],
  authorities: ['ab'.repeat(32)],
};

/** As anyone could write one; spaces behind its JSON make it longer. */
function tokenOf({ tenantId, tokenId, secret, managers, authorities }: typeof token, bytes = 0): string {
  const json = JSON.stringify([1, tenantId, tokenId, secret, managers, authorities]);
  return `lze_${Buffer.from(json.padEnd(bytes)).toString('base64url')}`;
}

describe('the enrolment token', () => {
  it('MG-1a: carries where the manager is and by which authority it is known, in one word without spaces', () => {
    const text = formatEnrolmentToken(token);
    assert.match(text, /^lze_[A-Za-z0-9_-]+$/);
    assert.deepEqual(parseEnrolmentToken(text), token);
    assert.deepEqual(parseEnrolmentToken(` ${text}\n`), token, 'as it is copied');
  });

  it('what is no token, or a part of one, is none – and never an exception', () => {
    const text = formatEnrolmentToken(token);
    for (const end of [0, 4, 5, 30, text.length - 1]) assert.equal(parseEnrolmentToken(text.slice(0, end)), null);
    fc.assert(
      fc.property(fc.string(), (junk) => parseEnrolmentToken(`lze_${junk}`) === null),
      { seed: 1 },
    );
  });

  it('MG-1a: it is the base64url of its JSON, of any length', () => {
    for (const host of ['h', 'ho', 'hos', 'host', 'hosts']) {
      const one = { ...token, managers: [`${host}:1`] };
      const text = formatEnrolmentToken(one);
      assert.equal(text, tokenOf(one));
      assert.deepEqual(parseEnrolmentToken(text), one);
      assert.equal(parseEnrolmentToken(`${text}!`), null, 'a letter that is none of base64url');
      assert.equal(parseEnrolmentToken(`lzx_${text.slice(4)}`), null);
    }
    assert.notEqual(parseEnrolmentToken(tokenOf(token, 3_069)), null, 'as long as a token may be');
    assert.equal(parseEnrolmentToken(tokenOf(token, 3_070)), null);
  });

  it('MG-1a: secret, managers and authorities have their form and number', () => {
    const [manager = '', hash = ''] = [token.managers[0], token.authorities[0]];
    for (const change of [
      { managers: Array.from({ length: 8 }, () => manager) },
      { authorities: Array.from({ length: 4 }, () => hash) },
    ])
      assert.notEqual(parseEnrolmentToken(tokenOf({ ...token, ...change })), null);
    for (const change of [
      { managers: [] },
      { managers: Array.from({ length: 9 }, () => manager) },
      { managers: ['manager'] },
      { authorities: [] },
      { authorities: Array.from({ length: 5 }, () => hash) },
      { authorities: ['x'] },
      { secret: 'A'.repeat(42) },
      { secret: 'A'.repeat(44) },
      { secret: `${'A'.repeat(43)}!` },
      { secret: `!${'A'.repeat(43)}` },
      { tenantId: 'x' },
    ])
      assert.equal(parseEnrolmentToken(tokenOf({ ...token, ...change })), null, JSON.stringify(change));
  });

  it('SY-3a: an address is a name or an IPv6 address in brackets, with its port', () => {
    for (const address of ['h:1', 'a-b.c:65535', 'A9:12345', '[::]:1', '[2001:DB8::1]:4120', `${'a'.repeat(253)}:1`])
      assert.ok(managerAddressSchema.safeParse(address).success, address);
    for (const address of [
      ' h:1',
      'h:1 ',
      'h:123456',
      'h:',
      ':1',
      'h',
      '-a:1',
      'a-:1',
      '.a:1',
      'a_b:1',
      '[g:]:1',
      '[:]:1',
      '[::1]',
      'x[::1]:1',
      '::1:1',
      'h:1:2',
      `${'a'.repeat(254)}:1`,
      `[${'1'.repeat(46)}]:1`,
    ])
      assert.ok(!managerAddressSchema.safeParse(address).success, address);
    assert.deepEqual(splitManagerAddress('a[b]:1').host, 'a[b]', 'only brackets round the whole are taken off');
    assert.deepEqual(splitManagerAddress('[a]b:1').host, '[a]b');
  });

  it('SY-3a: addresses of both families are taken apart', () => {
    assert.deepEqual(token.managers.map(splitManagerAddress), [
      { host: 'manager.example.com', port: 4120 },
      { host: '192.0.2.1', port: 4120 },
      { host: '2001:db8::1', port: 4120 },
    ]);
  });
});
