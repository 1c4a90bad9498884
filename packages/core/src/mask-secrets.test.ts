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
    ['cat', '-p', '/srv/passwords.txt', '--', '/etc/passwd'],
    ['cat', '-p', '/srv/passwords.txt', '--', '/etc/passwd'],
  ],
];

test('what is named as a secret on a command line is masked, nothing else', () => {
  for (const [given, masked] of ROWS) assert.deepEqual(maskSecrets(given), masked);
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
