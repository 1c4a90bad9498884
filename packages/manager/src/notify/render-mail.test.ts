// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LANGUAGES, type Message, type MessageFrame } from './message.ts';
import { renderMail } from './render-mail.ts';

const FRAME: MessageFrame = {
  language: 'en',
  tenant: 'Acme',
  tenantId: '019ac000-0000-7000-8000-000000000001',
  consoleUrl: 'https://console.example',
};

const DETECTION: Extract<Message, { kind: 'detection' }> = {
  kind: 'detection',
  vm: 'web-03',
  path: '/srv/a.zip',
  threat: 'Eicar-Test-Signature',
  threatKind: 'test',
  event: 'secondary-failed',
  action: 'delete',
  detectionId: '019ac000-0000-7000-8000-000000000002',
  time: '2027-01-01T00:00:00Z',
};

test('AC-11a: a mail says what was found, where, what failed and where to look, in both languages', () => {
  const en = renderMail(DETECTION, FRAME);
  assert.equal(en.subject, '[Lazaret] Action failed: Eicar-Test-Signature on web-03');
  for (const part of [
    'still there',
    '/srv/a.zip',
    'Action: delete',
    `${FRAME.consoleUrl}/t/${FRAME.tenantId}/detections/`,
  ])
    assert.ok(en.body.includes(part), part);
  const ja = renderMail(DETECTION, { ...FRAME, language: 'ja' });
  assert.equal(ja.subject, '[Lazaret] 処理失敗: web-03 で Eicar-Test-Signature');
  assert.ok(ja.body.includes('処理: 削除') && ja.body.includes('ファイル: /srv/a.zip'));
});

test('AC-11c: a summary tells how many and when', () => {
  const { kind: _, detectionId: __, time: ___, ...rest } = DETECTION;
  const summary: Message = {
    ...rest,
    kind: 'summary',
    repeats: 41,
    from: '2027-01-01T00:00:00Z',
    to: '2027-01-01T01:00:00Z',
  };
  assert.match(renderMail(summary, FRAME).subject, /\(41 more\)$/);
  assert.match(renderMail(summary, FRAME).body, /41 more times/);
});

test('hostile names make no header, no line and no direction of their own, whatever they hold', () => {
  const hostile = fc.oneof(
    // Any code point, halves of a pair too. fast-check's own unit for this takes seconds to be made.
    fc.array(fc.nat({ max: 0x10_ff_ff })).map((points) => String.fromCodePoint(...points)),
    fc.constantFrom('a\r\nBcc: x@example.org', 'a\u202egpj.exe', 'x\n\n-- \nSigned', '\u0000\u001b[2J', 'a\u2028b'),
  );
  fc.assert(
    fc.property(hostile, hostile, hostile, fc.constantFrom(...LANGUAGES), (path, vm, tenant, language) => {
      const plain = renderMail(DETECTION, { ...FRAME, language });
      const { subject, body } = renderMail({ ...DETECTION, path, vm }, { ...FRAME, language, tenant });
      assert.equal(body.split('\n').length, plain.body.split('\n').length);
      for (const text of [subject, ...body.split('\n')])
        assert.doesNotMatch(text, /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
    }),
  );
});
