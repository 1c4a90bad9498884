// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookiesOf } from './cookies.ts';

const asking = (cookie?: string) => ({ headers: { cookie } }) as unknown as FastifyRequest;

function setBy(secure: boolean): string {
  const headers: string[] = [];
  const reply = { header: (name: string, value: string) => headers.push(`${name}: ${value}`) };
  cookiesOf(secure).set(reply as unknown as FastifyReply, 'session', 'abc', 90_500);
  return headers.join('\n');
}

test('a cookie is for our own page alone, and no script, other site or plain connection sees it', () => {
  const attributesOf = (header: string): string[] => header.split('; ').toSorted();
  const all = ['HttpOnly', 'Max-Age=90', 'Path=/', 'SameSite=Strict'];
  assert.deepEqual(attributesOf(setBy(false)), [...all, 'set-cookie: lazaret_session=abc']);
  assert.deepEqual(attributesOf(setBy(true)), [...all, 'Secure', 'set-cookie: __Host-lazaret_session=abc']);
});

test('a cookie is read by its whole name; where TLS is spoken, only one that no other host can have set', () => {
  const plain = cookiesOf(false);
  assert.equal(plain.read(asking('a=b; lazaret_session=abc;lazaret_device=def'), 'session'), 'abc');
  assert.equal(plain.read(asking('a=b; lazaret_session=abc;lazaret_device=def'), 'device'), 'def');
  assert.equal(plain.read(asking('  lazaret_session=abc  '), 'session'), 'abc');
  assert.equal(plain.read(asking(), 'session'), null);
  for (const other of ['', 'lazaret_session', 'lazaret_session=', 'xlazaret_session=abc', 'lazaret_sessions=a'])
    assert.equal(plain.read(asking(other), 'session'), null, other);
  const secure = cookiesOf(true);
  assert.equal(secure.read(asking('lazaret_session=abc'), 'session'), null);
  assert.equal(secure.read(asking('lazaret_session=abc; __Host-lazaret_session=def'), 'session'), 'def');
});

test('of several cookies with one name the first counts that holds something', () => {
  const read = (header: string) => cookiesOf(false).read(asking(header), 'session');
  // A browser sends the one of the longer path first.
  assert.equal(read('lazaret_session=abc; lazaret_session=def'), 'abc');
  assert.equal(read('lazaret_session=; lazaret_session=abc'), 'abc');
  assert.equal(read('lazaret_session=;lazaret_session= ; a=b; lazaret_session=abc; lazaret_session=def'), 'abc');
  assert.equal(read('lazaret_session=; lazaret_session='), null);
});

test('a cookie is what was sent: another way to write it is another one', () => {
  assert.equal(cookiesOf(false).read(asking('lazaret_session=%61bc'), 'session'), '%61bc');
});
