// SPDX-License-Identifier: Apache-2.0
// RT-3 in the scan process: the true type by content, and the type rule that is held against it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeMail, makeMarker, makeOdf, makePdf, makeRar5, makeTar, makeWord, makeZip } from '@lazaret/testkit';
import { SCHEDULED, startTestScanner, typeNumbers } from './test-scanner.ts';

const marker = makeMarker('Test.Types');
const member = { name: 'a.txt', content: Buffer.from('some text\n') };

const SAMPLES: readonly (readonly [type: string, bytes: Buffer])[] = [
  ['empty', Buffer.alloc(0)],
  ['text', Buffer.from('plain words, nothing else\n')],
  ['data', Buffer.from([1, 0, 2, 0, 3, 0, 255, 254, 0, 0, 17])],
  ['elf', readFileSync('/bin/true')],
  ['script-shell', Buffer.from('#!/bin/sh\necho hello\n')],
  ['script-shell', Buffer.from('#! /usr/bin/env -S bash -e\necho hello\n')],
  ['script-python', Buffer.from('#!/usr/bin/env python3.11\nprint(1)\n')],
  ['script-perl', Buffer.from('#!/usr/bin/perl -w\nprint 1;\n')],
  ['script-javascript', Buffer.from('#!/usr/bin/env node\nconsole.log(1)\n')],
  ['script-other', Buffer.from('#!/opt/odd/interpreter\n')],
  ['php', Buffer.from('GIF89a;<?php echo 1; ?>')],
  ['html', Buffer.from('<!DOCTYPE html><html><body>x</body></html>')],
  ['xml', Buffer.from('<?xml version="1.0"?><thing/>')],
  ['mail', makeMail({ name: 'a.txt', content: member.content })],
  ...[
    'X-Spam: no\n',
    'Foo: bar\n',
    '\u00ef\u00bb\u00bf',
    '\r\n\n',
    '  ',
    '>From a@example.test\n',
    'From a@example.test\nX-Spam: no\n',
    'X-Mailer : seven\n',
    'X-Nothing: \0\n',
    'x-a: b\r',
  ].map((before): readonly [string, Buffer] => [
    'mail',
    Buffer.from(`${before}Mime-Version: 1.0\nContent-Type: text/plain\n\nhello\n`, 'latin1'),
  ]),
  [
    'text',
    Buffer.from('name: a\nversion: 1\nContent-Type: text/plain is a header\n'.replace('Content-', '# Content-')),
  ],
  ['text', Buffer.from('Metadata-Version: 2.1\nName: a\nSummary: b\n\nContent-Type: text/plain\n')],
  ['text', Buffer.from("const type = 'x';\nContent-Type: text/plain\n")],
  ['pdf', makePdf({ text: 'x' })],
  ['ole2', makeWord({ text: 'x', encrypted: false })],
  ['odf', makeOdf({ text: 'x', encrypted: false })],
  ['zip', makeZip([member])],
  ['jar', makeZip([{ name: 'META-INF/MANIFEST.MF', content: Buffer.from('Manifest-Version: 1.0\n') }])],
  ['ooxml', makeZip([{ name: '[Content_Types].xml', content: Buffer.from('<Types/>') }])],
  ['rar', makeRar5([member])],
  ['tar', makeTar([member])],
  ['gzip', gzipSync(member.content)],
  ['systemd-unit', Buffer.from('[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n')],
  ['crontab', Buffer.from('# comment\n*/5 * * * * root /usr/bin/curl http://example.test/x\n')],
];

test('RT-3b: the true type is found by content, whatever the name', async (context) => {
  const scanner = await startTestScanner(context, { 'test.ndb': marker.signature });
  for (const [type, bytes] of SAMPLES) {
    const answer = await scanner.scanBytes(bytes);
    assert.equal(answer.trueType, type, bytes.subarray(0, 60).toString('latin1'));
    assert.equal(answer.verdict, 'clean', type);
  }
});

test('RT-3b: a type rule decides by content, kinds of text by list and content', async (context) => {
  const scanner = await startTestScanner(context, { 'test.ndb': marker.signature });
  const rule = { ...SCHEDULED, typeRule: { types: ['elf', 'zip'], typesWhenListed: ['text'] } };
  const inZip = makeZip([{ name: 'a.txt', content: marker.atEndOf(100) }]);
  assert.equal((await scanner.scanBytes(inZip, rule)).verdict, 'infected');
  const text = marker.atEndOf(100);
  const outside = await scanner.scanBytes(text, rule);
  assert.deepEqual([outside.verdict, outside.trueType, outside.sha256], ['out-of-scope', 'text', null]);
  assert.deepEqual(outside.coverage, { lookedAt: 0, all: 0 });
  assert.equal((await scanner.scanBytes(text, rule, { nameListed: true })).verdict, 'infected');
});

test('RT-3b: the vocabulary of TYPES.md and of the program are one', () => {
  const document = readFileSync(join(import.meta.dirname, '../../native/scanner/TYPES.md'), 'utf8');
  const table = document.split('\n').filter((line) => /^\| [a-z]+ \| `/.test(line));
  const listed = table.flatMap((line) => [...line.matchAll(/`([a-z0-9-]+)`/g)].map((match) => match[1] ?? ''));
  assert.deepEqual(listed.toSorted(), [...typeNumbers().keys()].toSorted());
});
