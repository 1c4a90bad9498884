// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatEnrolmentToken, parseEnrolmentToken, splitManagerAddress } from './enrolment-token.ts';

const token = {
  tenantId: '01980000-0000-7000-8000-000000000000',
  tokenId: '01980000-0000-7000-8000-000000000001',
  secret: 'A'.repeat(43),
  managers: ['manager.example.com:4120', '192.0.2.1:4120', '[2001:db8::1]:4120'],
  authorities: ['ab'.repeat(32)],
};

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

  it('SY-3a: addresses of both families are taken apart', () => {
    assert.deepEqual(token.managers.map(splitManagerAddress), [
      { host: 'manager.example.com', port: 4120 },
      { host: '192.0.2.1', port: 4120 },
      { host: '2001:db8::1', port: 4120 },
    ]);
  });
});
