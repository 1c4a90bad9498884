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
    '64:ff9b::808:808',
    '64:ff9b:1::a00:1',
    '2002:a00:1::1',
    '2002:7f00:1::',
    '2001:0:a00:1::1',
    '::10.0.0.1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:10.0.0.1',
    'fec0::1',
    'feff::1',
    'fe80::1%eth0',
    '100::1',
    '2001:db8::1',
    '192.88.99.1',
    '192.0.2.1',
    '198.18.0.1',
    '240.0.0.1',
    '224.0.0.1',
    '100.127.255.255',
    'nonsense',
  ];
  for (const address of inside) assert.ok(isPrivate(address), address);
  for (const address of [
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '::ffff:8.8.8.8',
    '2001:4860:4860::8888',
    '2a00:1450::1',
  ])
    assert.ok(!isPrivate(address), address);
  const addresses = [
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://localhost:1/',
    'https://user:pass@127.0.0.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://127.1/',
    'https://0177.0.0.1/',
    'https://\uff11\uff12\uff17.0.0.1/',
    'ftp://8.8.8.8/',
    'http://8.8.8.8/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
  ];
  for (const url of addresses) {
    const sending = sendWebhook({ url, secret: 's' }, { id: 'i', body: '{}' }, { allowPrivate: false, nowMs: 0 });
    await assert.rejects(sending, /private address|private addresses|only https/, url);
  }
});
