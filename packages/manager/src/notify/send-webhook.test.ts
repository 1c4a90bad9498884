// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { isPrivate, sendWebhook } from './send-webhook.ts';

test('AC-11b: a webhook reaches nothing inside: private, loopback, link-local and mapped addresses, by number or by name', async () => {
  const inside = [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
  ];
  for (const address of inside) assert.ok(isPrivate(address), address);
  for (const address of ['8.8.8.8', '172.32.0.1', '2001:4860:4860::8888']) assert.ok(!isPrivate(address), address);
  const addresses = [
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://localhost:1/',
    'http://8.8.8.8/',
    'https://2130706433/',
  ];
  for (const url of addresses) {
    const sending = sendWebhook({ url, secret: 's' }, { id: 'i', body: '{}' }, { allowPrivate: false, nowMs: 0 });
    await assert.rejects(sending, /private address|private addresses|only https/, url);
  }
});
