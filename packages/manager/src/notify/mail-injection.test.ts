// SPDX-License-Identifier: Apache-2.0
// Values that somebody else chooses – names of files, VMs, threats, people and tenants – as they arrive in the mail of a real SMTP server: they make no
// header, no recipient, no line, no part and nothing that is not seen.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { type KeptMail, testMailServer } from '../testing/test-mail-server.ts';
import { LANGUAGES, type Language, type Message } from './message.ts';
import { renderMail } from './render-mail.ts';
import { sendMail } from './send-mail.ts';

const HOSTILE = [
  'a\r\nBcc: evil@example.org\r\n\r\nbody',
  'a\nX-Evil: 1',
  'a\rX-Evil: 1',
  'a\r\n.\r\nMAIL FROM:<evil@example.org>\r\n',
  '"Support" <evil@example.org>, <other@example.org>',
  '=?UTF-8?Q?a=0D=0ABcc:_evil@example.org?=',
  '=?UTF-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?=',
  '\r\n--boundary\r\nContent-Type: text/html\r\n\r\n<script>x</script>',
  'a\u0085X-Evil: 1\u2028X-Evil: 2\u2029',
  'invoice\u202efdp.exe',
  'in\u200bvi\u00adsi\u2060ble\ufeff\u{e0041}\ufff9',
  '\ud800 alone',
  '\u001b[2J\u0000\u0007',
  `${'x'.repeat(1_000)}\r\nX-Evil: 1`,
];

/** Nothing of these may be in what a reader sees: they would make lines, or not be seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function messagesWith(hostile: string): readonly Message[] {
  const detected = { vm: hostile, path: hostile, threat: hostile, threatKind: 'virus', event: 'detected' } as const;
  const more = { ...detected, action: null };
  const alarm = { alarm: hostile, cleared: false, since: hostile, facts: { [hostile]: hostile } };
  const notice = { notice: 'planned', title: hostile, text: 'of the provider', from: hostile, to: hostile } as const;
  return [
    { kind: 'detection', ...more, detectionId: '019ac000-0000-7000-8000-000000000002', time: hostile },
    { kind: 'summary', ...more, repeats: 2, from: hostile, to: hostile },
    { kind: 'alarm', ...alarm, vm: hostile, site: null, vmCount: 1 },
    { kind: 'alarm', ...alarm, vm: null, site: hostile, vmCount: 3, cleared: true },
    { kind: 'notice', ...notice },
    { kind: 'test', by: hostile },
  ];
}

/** Names and values of headers, unfolded, and the body's text. */
function readMail({ raw }: KeptMail) {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const encoding = /^Content-Transfer-Encoding: (\S+)$/im.exec(head)?.[1] ?? '7bit';
  return {
    names: headers.map((line) => line.split(':')[0] ?? ''),
    head,
    body: decode(rest.join('\r\n\r\n'), encoding),
  };
}

function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body;
  const soft = body.replaceAll('=\r\n', '');
  return Buffer.from(
    soft.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
}

/** As a mail program shows it: encoded words are what they stand for. */
function subjectAsShown(head: string): string {
  const subject = /^Subject: (.*)$/m.exec(head.replaceAll(/\r\n[ \t]+/g, ' '))?.[1]?.trim() ?? '';
  const joined = subject.replaceAll(/\?= +(?==\?)/g, '?=');
  return joined.replaceAll(/=\?UTF-8\?([QB])\?(.*?)\?=/gi, (_, kind: string, text: string) =>
    kind.toUpperCase() === 'B'
      ? Buffer.from(text, 'base64').toString()
      : decode(text.replaceAll('_', ' '), 'quoted-printable'),
  );
}

test('AC-11a: whatever is in a name, a mail has the headers, the recipient and the lines that it has with a plain one', async (t) => {
  const server = await testMailServer(t);
  const frame = { tenantId: '019ac000-0000-7000-8000-000000000001', consoleUrl: 'https://console.example' };
  const send = async (message: Message, tenant: string, language: Language) => {
    const text = renderMail(message, { ...frame, tenant, language });
    assert.doesNotMatch(text.subject, UNSEEN);
    await sendMail(server.settings, { ...text, to: 'admin@acme.example', messageId: '<1@lazaret>' });
    const mail = server.mails.at(-1);
    assert.ok(mail !== undefined);
    assert.equal(mail.to, 'admin@acme.example');
    const read = readMail(mail);
    assert.equal(subjectAsShown(read.head), text.subject, 'an encoded word in a name is none');
    return read;
  };
  const linesOf = (body: string): readonly string[] => body.trimEnd().split(/\r\n|[\r\n]/);
  const languageAt = (at: number): Language => LANGUAGES[at % LANGUAGES.length] ?? 'en';
  const plain = messagesWith('plain').map((message, at) => ({ message, language: languageAt(at) }));
  for (const [kind, { message, language }] of plain.entries()) {
    const expected = await send(message, 'plain', language);
    for (const hostile of HOSTILE) {
      const sent = await send(messagesWith(hostile)[kind] ?? message, hostile, language);
      const what = `${message.kind}: ${JSON.stringify(hostile.slice(0, 40))}`;
      assert.deepEqual(sent.names, expected.names, what);
      assert.doesNotMatch(sent.head, /^(?:Bcc|X-Evil)/im, what);
      assert.equal(linesOf(sent.body).length, linesOf(expected.body).length, what);
      for (const line of linesOf(sent.body)) assert.doesNotMatch(line, UNSEEN, what);
    }
  }
});

test('a mail goes to the one address that is its recipient, whatever is written around it', async (t) => {
  const server = await testMailServer(t);
  const mail = { subject: 's', body: 'b', messageId: '<1@lazaret>' };
  for (const to of [
    'a@acme.example, b@acme.example',
    '"x" <a@acme.example>, evil@example.org',
    'a@acme.example\r\nBcc: evil@example.org',
    'group: a@acme.example, b@acme.example;',
    'not an address',
  ])
    await assert.rejects(sendMail(server.settings, { ...mail, to }), /not the address of one recipient/, to);
  assert.deepEqual(server.mails, []);
});
