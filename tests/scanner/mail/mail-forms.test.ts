// SPDX-License-Identifier: Apache-2.0
// LM-11b for mail: what any of three other readers takes out of a mail is looked at, or the ledger says that something was not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScannerAnswer } from '@lazaret/contract';
import { makeMarker, seededRandom, temporaryDirectory, testSeed } from '@lazaret/testkit';
import { chooseForms, makeForm, nameOf } from './mail-forms.ts';
import { startTestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Mail');
const files = { 'test.ndb': marker.signature };
const FORMS = 1_200;

/** By file, who of the readers finds the marker. */
function askReaders(folder: string): Readonly<Record<string, readonly string[]>> {
  const program = join(import.meta.dirname, 'mail-readers.py');
  return JSON.parse(
    execFileSync('/usr/bin/python3', [program, folder, marker.text], { encoding: 'utf8', maxBuffer: 1 << 26 }),
  ) as Readonly<Record<string, readonly string[]>>;
}

test('LM-11b: what another reader finds in a mail is found, or stands in the ledger, in every form', async (context) => {
  context.diagnostic(`seed: ${testSeed}`);
  const choices = chooseForms(FORMS, seededRandom(testSeed));
  const folder = join(temporaryDirectory(context), 'forms');
  mkdirSync(folder);
  const payload = Buffer.from(`${'filler '.repeat(30)}${marker.text}${' filler'.repeat(30)}`);
  const forms = choices.map((choice, index) => ({
    name: nameOf(choice),
    file: String(index).padStart(5, '0'),
    bytes: makeForm(choice, payload),
  }));
  for (const { file, bytes } of forms) {
    assert.equal(bytes.includes(marker.text), false, 'the marker stands in the mail as it is');
    writeFileSync(join(folder, file), bytes);
  }
  const scanner = await startTestScanner(context, files);
  const answers: ScannerAnswer[] = [];
  for (const { file } of forms) answers.push(await scanner.scanFile(join(folder, file)));
  const readers = askReaders(folder);
  const counts = { forms: forms.length, readable: 0, detected: 0, rows: 0, email: 0, ripmime: 0, munpack: 0 };
  const silent: string[] = [];
  for (const [index, answer] of answers.entries()) {
    const { name, file } = forms[index] ?? { name: '', file: '' };
    const finders = readers[file] ?? [];
    for (const finder of finders) counts[finder as 'email']++;
    if (finders.length > 0) counts.readable++;
    if (answer.threats.length > 0) counts.detected++;
    else if (answer.unscanned.length > 0) counts.rows++;
    if (answer.verdict === 'clean' && finders.length > 0) silent.push(`${name} (${finders.join(', ')})`);
  }
  context.diagnostic(JSON.stringify(counts));
  assert.deepEqual(silent, []);
  // A generator that nobody can read proves nothing.
  assert.ok(counts.readable > forms.length / 2, String(counts.readable));
  // Detection is the aim: a row is for what cannot be tried.
  assert.ok(counts.rows * 50 < forms.length, String(counts.rows));
});
