// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, isAmong, readAddress } from './address.ts';

test('one host has one form, however a proxy writes it', () => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1 ', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['192.0.2.1:65535', '192.0.2.1'],
    ['192.168.100.200:4711', '192.168.100.200'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[fe80::1%eth0]:443', 'fe80::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:80', '192.0.2.1'],
    ['', null],
    ['unknown', null],
    ['example.org', null],
    ['192.0.2', null],
    ['192.0.2.256', null],
    ['192.0.2.1:', null],
    ['192.0.2.1:123456', null],
    ['192.0.2.1x', null],
    ['x192.0.2.1', null],
    ['%192.0.2.1', null],
    ['0x7f.1', null],
    ['0x7f.0.0.1', null],
    ['2130706433', null],
    ['[2001:db8::1', null],
    ['2001:db8::1]', null],
    ['[2001:db8::1]x', null],
    ['[2001:db8::1]:x', null],
    [`[${'0'.repeat(130)}::1]`, null],
    [`${' '.repeat(128)}192.0.2.1`, null],
    [`${' '.repeat(128 - 9)}192.0.2.1`, '192.0.2.1'],
  ];
  for (const [text, address] of rows) assert.equal(readAddress(text), address, text);
});

test('where a proxy names no address, its own counts', () => {
  const from = (ip: string, remoteAddress?: string) => addressOf({ ip, socket: { remoteAddress } } as never);
  assert.equal(from('192.0.2.1:1', '127.0.0.1'), '192.0.2.1');
  assert.equal(from('nonsense', '::ffff:127.0.0.1'), '127.0.0.1');
  assert.equal(from('nonsense'), 'unknown');
});

test('an address is among networks of its family, by their bits', () => {
  const trusted = isAmong(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);
  for (const inside of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:5::9', '[::1]:80'])
    assert.equal(trusted(inside), true, inside);
  for (const outside of ['11.0.0.1', '192.0.2.8', '2001:db9::1', '::2', 'nonsense', ''])
    assert.equal(trusted(outside), false, outside);
  assert.equal(trusted(undefined), false);
  assert.equal(isAmong([])('127.0.0.1'), false);
});
