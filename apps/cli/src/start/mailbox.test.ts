// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectOf } from './mailbox.ts';

test('a subject is shown as a mail program shows it', () => {
  for (const [header, shown] of [
    ['Subject: plain', 'plain'],
    ['subject: =?UTF-8?Q?=5BLazaret=5D_a_=E2=80=93_b?=', '[Lazaret] a – b'],
    ['Subject: [Lazaret] =?utf-8?B?5Yem55CG5aSx5pWX?=', '[Lazaret] 処理失敗'],
    ['Subject: =?UTF-8?Q?a=E2=80?=\r\n =?UTF-8?Q?=93b?= c', 'a–b c'],
    ['Subject: one\r\n two', 'one two'],
    ['Subject: =?ISO-8859-1?Q?a?=', '=?ISO-8859-1?Q?a?='],
  ] as const)
    assert.equal(subjectOf(`To: x\r\n${header}\r\nFrom: y\r\n\r\nSubject: body`), shown, header);
});
