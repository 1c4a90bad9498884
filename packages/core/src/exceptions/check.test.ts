// SPDX-License-Identifier: Apache-2.0
// What an exception must be when it is set, and what each fault says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exception, ScanKind } from '../policy/policy.ts';
import { findExceptionFaults, knownMatchFields, matchFieldOf } from './check.ts';

const HASH = 'ab'.repeat(32);
const faultsOf = (exception: object, kind?: ScanKind): readonly string[] =>
  findExceptionFaults(exception as Exception, 'linux', kind).map(
    ({ code, path, message }) => `${code} ${path}: ${message}`,
  );
const ofMatch = (match: object, kind?: ScanKind) => faultsOf({ match }, kind);

test('EX-1a, EX-1b, EX-2f: each fault of a match or an expiry says what is allowed', () => {
  const one =
    'exceptions.one_match /match: An exception needs exactly one of these fields: directory, file, extension, sha256, pattern, process.';
  assert.deepEqual(ofMatch({}), [one]);
  assert.deepEqual(ofMatch({ file: '/a', directory: '/b' }), [one]);
  assert.deepEqual(ofMatch({ directory: '/a', unknown: 1, file: '/b' }), [], 'told as an unknown field');
  assert.deepEqual(ofMatch({ directory: 'a', unit: 'x' }), [], 'only a process is narrowed');
  assert.deepEqual(ofMatch({ directory: 'a' }), [
    'exceptions.relative /match/directory: "a" is not absolute. Write the full path.',
  ]);
  assert.deepEqual(ofMatch({ file: '/a/b**' }), [
    'exceptions.glob /match/file: "b**": ** is allowed only between separators.',
  ]);
  assert.deepEqual(ofMatch({ file: '/a/${A B}' }), [
    'exceptions.glob /match/file: "${A B}": write a variable as ${NAME}.',
  ]);
  assert.deepEqual(ofMatch({ file: '/a/x${HOME}' }), []);
  assert.deepEqual(ofMatch({ file: 'x${HOME}' }).length, 1);
  assert.deepEqual(faultsOf({ match: { file: '/a' }, expires: 'soon' }), [
    'exceptions.expires /expires: "soon" is not a time. Write it like 2027-01-31T00:00:00Z.',
  ]);
  assert.deepEqual(faultsOf({ match: { file: '/a' }, expires: '2027-01-31T00:00:00Z' }), []);
});

test('EX-2c, EX-2d: a hash has 64 digits, and a pattern does not except every threat', () => {
  const hash = 'exceptions.sha256 /match/sha256: A SHA-256 has 64 hexadecimal digits.';
  for (const sha256 of ['', 'a', HASH.slice(1), `${HASH}a`, `x${HASH}`, `${HASH}x`, 'g'.repeat(64)])
    assert.deepEqual(ofMatch({ sha256 }), [hash], sha256);
  for (const sha256 of [HASH, HASH.toUpperCase()]) assert.deepEqual(ofMatch({ sha256 }), []);
  const every = 'exceptions.glob /match/pattern: This would exclude every threat.';
  for (const pattern of ['', '*', '**']) assert.deepEqual(ofMatch({ pattern }), [every], pattern);
  for (const pattern of ['a*', '*a', 'PUA.*']) assert.deepEqual(ofMatch({ pattern }), [], pattern);
});

test('EX-2e: an exception by process names one program, an account and a service, and is of real-time scan', () => {
  const process = '/usr/bin/db';
  assert.deepEqual(ofMatch({ process }), []);
  assert.deepEqual(ofMatch({ process, programSha256: HASH, user: 'db', unit: 'db.service' }, 'realtime'), []);
  assert.deepEqual(ofMatch({ process, user: '!' }, 'manual'), [
    'exceptions.process_needs_realtime /match/process: An exception by process works only in real-time scan, because a manual scan opens the files itself.',
  ]);
  for (const wild of ['/usr/bin/*', '/usr/bin/d?', '${BIN}/db'])
    assert.deepEqual(ofMatch({ process: wild }), [
      `exceptions.process /match/process: "${wild}" contains a wildcard or a variable. Give the path of one program.`,
    ]);
  assert.deepEqual(ofMatch({ process: 'db', programSha256: 'x' }), [
    'exceptions.relative /match/process: "db" is not absolute. Write the full path.',
    'exceptions.sha256 /match/programSha256: A SHA-256 has 64 hexadecimal digits.',
  ]);
  assert.equal(ofMatch({ process: '/usr/bin/*', user: '!', unit: '!' }).length, 3);
});

test('EX-2e: an account is a name or a number, a service is one of systemd', () => {
  const process = '/usr/bin/db';
  for (const user of ['0', '1000', '4294967294', 'db', '_apt', 'a', 'www-data', 'host$', 'a.b_c-d9', 'a'.repeat(31)])
    assert.deepEqual(ofMatch({ process, user }), [], user);
  for (const user of ['', '12345678901', '1a', '-a', 'a b', ' a', 'a$b', '$', 'a!', 'a'.repeat(33)])
    assert.deepEqual(ofMatch({ process, user }), [
      `exceptions.process /match/user: "${user}" is not an account. Give a name or a number.`,
    ]);
  for (const unit of [
    'a.service',
    'mariadb.service',
    String.raw`dev-a\x2db@1:2_c.service`,
    `${'a'.repeat(240)}.service`,
  ])
    assert.deepEqual(ofMatch({ process, unit }), [], unit);
  for (const unit of [
    '',
    '.service',
    'db',
    'db.scope',
    'a b.service',
    '/a.service',
    'a.service/b',
    `${'a'.repeat(241)}.service`,
  ])
    assert.deepEqual(ofMatch({ process, unit }), [
      `exceptions.process /match/unit: "${unit}" is not a systemd service. Write it like mariadb.service.`,
    ]);
});

test('EX-2f: a match of one known field, narrowed by what is known, is one; any other is none', () => {
  const field = (exception: object) => matchFieldOf(exception as Exception);
  assert.equal(field({ match: { file: '/a' }, author: 'x', reason: 'y', expires: 'z' }), 'file');
  assert.equal(field({ match: { process: '/a', programSha256: HASH, user: 'db', unit: 'a.service' } }), 'process');
  for (const match of [
    {},
    { file: '/a', directory: '/b' },
    { file: '/a', user: 'db' },
    { process: '/a', other: 1 },
    { other: 1 },
  ])
    assert.equal(field({ match }), null, JSON.stringify(match));
  assert.equal(field({ match: { file: '/a' }, onlyOn: 'sunday' }), null);
  assert.deepEqual(knownMatchFields({ process: '/a' }).slice(-3), ['programSha256', 'user', 'unit']);
  assert.ok(!knownMatchFields({ file: '/a' }).includes('user'));
});
