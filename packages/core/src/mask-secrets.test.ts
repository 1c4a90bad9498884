// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskSecrets } from './mask-secrets.ts';

const ROWS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['curl', '--user', 'me:hunter2', 'https://u:pw@example.test/x'],
    ['curl', '--user', 'me:***', 'https://u:***@example.test/x'],
  ],
  [
    ['tool', '--password', 'hunter2', '--verbose'],
    ['tool', '--password', '***', '--verbose'],
  ],
  [
    ['tool', '--db-password=hunter2', 'API_KEY=abc', '--token:abc'],
    ['tool', '--db-password=***', 'API_KEY=***', '--token:***'],
  ],
  [
    ['/usr/bin/mysqldump', '-phunter2', '-u', 'root'],
    ['/usr/bin/mysqldump', '-p***', '-u', 'root'],
  ],
  [
    ['curl', '-H', 'Authorization: Bearer abc.def'],
    ['curl', '-H', 'Authorization: Bearer ***'],
  ],
  [
    ['sudo', '-n', 'redis-cli', '-h', 'cache', '-a', 'hunter2', 'PING'],
    ['sudo', '-n', 'redis-cli', '-h', 'cache', '-a', '***', 'PING'],
  ],
  [
    ['env', 'LANG=C', 'mysql', '-uroot', '-phunter2', 'shop'],
    ['env', 'LANG=C', 'mysql', '-uroot', '-p***', 'shop'],
  ],
  [
    ['curl', '-ume:hunter2', '--user=me:hunter2', '-b', 'a=b'],
    ['curl', '-ume:***', '--user=me:***', '-b', 'a=b'],
  ],
  [
    ['sh', '-c', 'mysqldump -phunter2 shop | curl -u me:hunter2 -T - https://h/x && redis-cli -a hunter2 PING'],
    ['sh', '-c', 'mysqldump -p*** shop | curl -u me:*** -T - https://h/x && redis-cli -a *** PING'],
  ],
  [
    ['bash', '-lc', `sh -c "tool --password 'hunter two' --verbose"`],
    ['bash', '-lc', `sh -c tool --password *** --verbose`],
  ],
  [
    ['curl', 'https://h/x?token=abc&y=1', '-d', '{"password": "hunter2", "user": "me"}'],
    ['curl', 'https://h/x?token=***&y=1', '-d', '{"password": ***, "user": "me"}'],
  ],
  [
    ['ldapsearch', '-x', '-w', 'hunter2', '-b', 'dc=example'],
    ['ldapsearch', '-x', '-w', '***', '-b', 'dc=example'],
  ],
  [
    ['openssl', 'rsa', '-passin', 'pass:hunter2'],
    ['openssl', 'rsa', '-passin', 'pass:***'],
  ],
  [
    ['7z', 'x', '-phunter2', 'a.7z'],
    ['7z', 'x', '-p***', 'a.7z'],
  ],
  [
    ['smbclient', '//server/share', '-U', 'me%hunter2'],
    ['smbclient', '//server/share', '-U', 'me%***'],
  ],
  [
    ['tar', '-p', '-a', '-w', 'x'],
    ['tar', '-p', '-a', '-w', 'x'],
  ],
  [
    ['cat', '-p', '/srv/passwords.txt', '--', '/etc/passwd'],
    ['cat', '-p', '/srv/passwords.txt', '--', '/etc/passwd'],
  ],
];

test('what is named as a secret on a command line is masked, nothing else', () => {
  for (const [given, masked] of ROWS) assert.deepEqual(maskSecrets(given), masked);
});

test('no secret of a common form is left, whatever stands around it', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9!.,+-]{6,20}$/).filter((text) => /^[A-Za-z0-9]/.test(text));
  const plain = fc.constantFrom('-v', '--verbose', 'file.txt', '/srv/x', 'LANG=C');
  const form = fc.constantFrom(
    (value: string) => ['mysql', `-p${value}`],
    (value: string) => ['redis-cli', '-a', value],
    (value: string) => ['curl', '-u', `me:${value}`],
    (value: string) => ['tool', '--password', value],
    (value: string) => ['tool', `--api-key=${value}`],
    (value: string) => ['env', `PGPASSWORD=${value}`, 'psql'],
  );
  fc.assert(
    fc.property(fc.array(plain), secret, form, fc.array(plain), fc.nat(2), (before, value, make, after, shells) => {
      let line = ['/usr/bin/env', ...before, ...make(`Q${value}Q`), ...after];
      for (let depth = 0; depth < shells; depth++) line = ['sh', '-c', line.join(' ')];
      assert.ok(!maskSecrets(line).join(' ').includes(`Q${value}Q`), JSON.stringify(line));
    }),
  );
});

test('masking never fails, keeps the number of arguments, and masks only once', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (commandLine) => {
      const masked = maskSecrets(commandLine);
      assert.equal(masked.length, commandLine.length);
      assert.deepEqual(maskSecrets(masked), masked);
    }),
  );
});
