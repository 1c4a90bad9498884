// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACTION_EVENTS, ACTIONS, ALARM_KINDS } from '@lazaret/contract';
import { LANGUAGES, type Message, type MessageFrame } from './message.ts';
import { renderMail, showHostile } from './render-mail.ts';

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
    'still in place',
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

const [FROM, TO] = ['2027-01-01T00:00:00Z', '2027-01-01T01:00:00Z'];
const FOOTER =
  '-- \nSent by Lazaret for Acme. To change who gets these messages, open Settings › Contacts in the console.\n';
const CONSOLE = `${FRAME.consoleUrl}/t/${FRAME.tenantId}`;

const SUMMARY: Message = {
  kind: 'summary',
  vm: 'web-03',
  path: '/srv/a.zip',
  threat: 'Eicar-Test-Signature',
  threatKind: 'test',
  event: 'copy-failed',
  action: null,
  repeats: 41,
  from: FROM,
  to: TO,
};
const ALARM: Extract<Message, { kind: 'alarm' }> = {
  kind: 'alarm',
  alarm: 'disk-full',
  vm: 'web-03',
  site: null,
  vmCount: 1,
  cleared: false,
  since: FROM,
  facts: { freeBytes: 12, path: '/var' },
};
const NOTICE: Extract<Message, { kind: 'notice' }> = {
  kind: 'notice',
  notice: 'planned',
  title: 'New disks',
  text: 'Line one.\r\nLine two.\n\nLine\rthree.',
  from: FROM,
  to: TO,
};

const HEAD = ['VM: web-03', 'File: /srv/a.zip', 'Threat: Eicar-Test-Signature (test)'];

/** Whole mails, as somebody reads them. */
const MAILS: readonly (readonly [Message, subject: string, lines: readonly string[]])[] = [
  [
    DETECTION,
    'Action failed: Eicar-Test-Signature on web-03',
    [
      'Lazaret found an infected file. The action of the policy failed, and so did the quarantine. The file is still in place.',
      '',
      ...HEAD,
      'Action: delete',
      `Time: ${FROM}`,
      '',
      `More: ${CONSOLE}/detections/019ac000-0000-7000-8000-000000000002`,
    ],
  ],
  [
    SUMMARY,
    'Quarantine failed: Eicar-Test-Signature on web-03 (41 more)',
    [
      'Lazaret found an infected file, but could not copy it into quarantine. The file is still in place.',
      `The same file was detected 41 more times from ${FROM} to ${TO}. The log lists each detection.`,
      '',
      ...HEAD,
      `From – to: ${FROM} – ${TO}`,
      '',
      `More: ${CONSOLE}/detections`,
    ],
  ],
  [
    ALARM,
    'web-03 has almost no disk space left',
    [
      'web-03 has almost no disk space left.',
      '',
      `Since: ${FROM}`,
      'freeBytes: 12',
      'path: /var',
      '',
      `More: ${CONSOLE}/overview`,
    ],
  ],
  [
    { ...ALARM, alarm: 'silent-site', vm: null, site: 'Basel', vmCount: 7, cleared: true, facts: {} },
    'Cleared: Site Basel (7 VMs) – this no longer applies: stopped checking in',
    [
      'The cause no longer exists. You do not need to do anything.',
      '',
      `Since: ${FROM}`,
      '',
      `More: ${CONSOLE}/overview`,
    ],
  ],
  [
    { ...ALARM, alarm: 'of-a-newer-manager', vm: null, vmCount: 7, facts: {} },
    'Site  (7 VMs) of-a-newer-manager',
    ['Site  (7 VMs) of-a-newer-manager.', '', `Since: ${FROM}`, '', `More: ${CONSOLE}/overview`],
  ],
  [
    NOTICE,
    'Planned maintenance: New disks',
    ['Line one.', 'Line two.', '', 'Line', 'three.', '', `From – to: ${FROM} – ${TO}`, '', `More: ${CONSOLE}/notices`],
  ],
  [
    { ...NOTICE, notice: 'urgent', text: 'Now.', to: null },
    'Urgent maintenance: New disks',
    ['Now.', '', `From – to: ${FROM} – `, '', `More: ${CONSOLE}/notices`],
  ],
  [
    { ...NOTICE, notice: 'ended', text: 'Over.', from: null },
    'Maintenance ended: New disks',
    ['Over.', '', '', `More: ${CONSOLE}/notices`],
  ],
  [
    { kind: 'test', by: 'me@example.com' },
    'Test message',
    ['me@example.com sent this test message. Notifications of Lazaret arrive at this address.'],
  ],
];

test('AC-11a: a mail of each kind, as it is read', () => {
  for (const [message, subject, lines] of MAILS)
    assert.deepEqual(renderMail(message, FRAME), {
      subject: `[Lazaret] ${subject}`,
      body: [...lines, '', FOOTER].join('\n'),
    });
});

test('without an address of the console no mail leads there', () => {
  for (const [message] of MAILS) {
    const { body } = renderMail(message, { ...FRAME, consoleUrl: null });
    assert.doesNotMatch(body, /More/);
    assert.equal(body, renderMail(message, FRAME).body.replace(/More: .*\n\n/, ''));
  }
});

test('a mail in Japanese has the same lines and fields, in words of its own', () => {
  const wordsOf = (text: string): string => text.replaceAll(/[^\p{L}]/gu, '');
  for (const [message] of MAILS) {
    const [en, ja] = LANGUAGES.map((language) => renderMail(message, { ...FRAME, language }));
    assert.ok(en !== undefined && ja !== undefined);
    assert.match(ja.subject, /^\[Lazaret\] .*[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}]/u);
    const [lines, others] = [en.body.split('\n'), ja.body.split('\n')];
    assert.equal(others.length, lines.length);
    for (const [at, line] of lines.entries()) {
      if (!/^(?:VM|path|freeBytes): /.test(line) && !(message.kind === 'notice' && at < 5) && wordsOf(line) !== '')
        assert.match(others[at] ?? '', /[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}]/u, line);
      const value = /^(?:VM|File|Threat|Time|Since|From – to|More): (.*)$/.exec(line)?.[1] ?? '';
      assert.ok((others[at] ?? '').endsWith(value), line);
    }
  }
});

test('a subject in Japanese tells who, where and how often', () => {
  const frame = { ...FRAME, language: 'ja' } as const;
  const site = { ...ALARM, alarm: 'silent-site', vm: null, site: 'Basel', vmCount: 7 };
  const rows: readonly (readonly [Message, string])[] = [
    [SUMMARY, '隔離失敗: web-03 で Eicar-Test-Signature(ほか41回)'],
    [site, '拠点 Basel(VM 7台): 拠点全体が応答なし'],
    [{ ...site, cleared: true }, '自動解消: 拠点 Basel(VM 7台): 拠点全体が応答なし'],
    [{ ...site, site: null }, '拠点 (VM 7台): 拠点全体が応答なし'],
  ];
  for (const [message, subject] of rows) assert.equal(renderMail(message, frame).subject, `[Lazaret] ${subject}`);
  assert.match(renderMail(DETECTION, frame).body, /^VM: web-03$/m);
});

/** Of texts that are chosen by a word, each is there, and no two are the same: somebody must be able to tell what happened. */
function requireDistinct(texts: readonly string[], words: readonly string[]): void {
  assert.equal(new Set(texts).size, words.length, texts.join(' | '));
  for (const [at, word] of words.entries()) assert.ok(!(texts[at] ?? '').includes(`${word}。`), word);
}

test('AC-11a: each alarm, event and action has words of its own, in both languages', () => {
  for (const language of LANGUAGES) {
    const frame = { ...FRAME, language };
    const plainAlarm = (alarm: string) => renderMail({ ...ALARM, alarm, facts: {} }, frame);
    const alarms = ALARM_KINDS.map((alarm) => plainAlarm(alarm));
    requireDistinct(
      alarms.map(({ subject }) => subject),
      ALARM_KINDS,
    );
    const least = plainAlarm('').subject.length + 3;
    for (const [at, { subject }] of alarms.entries()) {
      assert.ok(subject.length >= least, subject);
      if (!/^(?:offline)$/.test(ALARM_KINDS[at] ?? ''))
        assert.ok(!subject.endsWith(ALARM_KINDS[at] ?? '?'), `${subject} is a word of the program`);
    }
    const events = ACTION_EVENTS.map((event) => renderMail({ ...DETECTION, event }, frame));
    requireDistinct(
      events.map(({ subject }) => subject),
      ACTION_EVENTS,
    );
    requireDistinct(
      events.map(({ body }) => body.split('\n')[0] ?? ''),
      ACTION_EVENTS,
    );
    for (const { subject, body } of events) {
      assert.match(subject, /^\[Lazaret\] [^:]{2,}: /);
      assert.ok((body.split('\n')[0] ?? '').length > 20);
    }
    const actions = ACTIONS.map((action) => renderMail({ ...DETECTION, action }, frame).body.split('\n')[5] ?? '');
    requireDistinct(actions, ACTIONS);
    for (const line of actions) assert.match(line, /^[^:]+: .{2,}$/u);
    const notices = (['planned', 'urgent', 'ended'] as const).map((notice) => renderMail({ ...NOTICE, notice }, frame));
    requireDistinct(
      notices.map(({ subject }) => subject),
      ['planned', 'urgent', 'ended'],
    );
    for (const { subject } of notices) assert.match(subject, /^\[Lazaret\] .{4,}: New disks$/);
  }
  const en = renderMail({ ...DETECTION, action: 'deny' }, FRAME);
  assert.match(en.body, /^Action: deny access$/m);
});

test('AC-11a: an alarm that is over says so, in both languages', () => {
  for (const language of LANGUAGES) {
    const [raised, cleared] = [false, true].map((over) =>
      renderMail({ ...ALARM, cleared: over }, { ...FRAME, language }),
    );
    assert.ok(raised !== undefined && cleared !== undefined);
    assert.notEqual(raised.subject, cleared.subject);
    assert.ok(raised.body.includes('web-03') && !cleared.body.includes('web-03'));
    assert.ok((cleared.body.split('\n')[0] ?? '').length > 10);
  }
});

test('a subject is cut at 160 characters, and says that it was', () => {
  const subjectOf = (length: number): string =>
    renderMail({ ...NOTICE, title: '😀'.repeat(length) }, FRAME).subject.replace('[Lazaret] Planned maintenance: ', '');
  const room = 160 - '[Lazaret] Planned maintenance: '.length;
  assert.equal(subjectOf(room), '😀'.repeat(room));
  assert.equal(subjectOf(room + 1), `${'😀'.repeat(room - 1)}…`);
});

test('what nobody sees is shown as its code, and no subject has an encoded word', () => {
  assert.equal(showHostile('a\u202eb\nc'), 'a\\u{202E}b\\u{A}c');
  const { subject } = renderMail({ ...DETECTION, vm: '=?UTF-8?Q?x?= =?y' }, FRAME);
  assert.equal(subject, '[Lazaret] Action failed: Eicar-Test-Signature on =\\u{3F}UTF-8?Q?x?= =\\u{3F}y');
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
