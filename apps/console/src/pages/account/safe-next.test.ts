// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeNext } from './safe-next.ts';

test('who has signed in goes on to the place of this console that was asked for', () => {
  for (const next of ['/', '/vms', '/t/sign-in', '/t/1/vms?state=offline&q=a%20b#top'])
    assert.equal(safeNext(next), next);
});

test('an address of another host, as a browser reads it, leads to the begin of this console', () => {
  for (const next of [
    'https://evil.example/x',
    '//evil.example/x',
    '/\\evil.example/x',
    '\\\\evil.example/x',
    '/\t/evil.example/x',
    '/\n/evil.example/x',
    '\t//evil.example/x',
    '/.//evil.example/x',
    '/x/..//evil.example/x',
    'javascript:alert(1)',
    'http://',
  ])
    assert.equal(safeNext(next), '/', JSON.stringify(next));
});

test('so does an address without a place, and that of the sign-in itself', () => {
  for (const next of [undefined, '', '/sign-in', '/sign-in?next=/vms', '/sign-in/x', '/x/../sign-in'])
    assert.equal(safeNext(next), '/', String(next));
});
