// SPDX-License-Identifier: Apache-2.0
// The closed tables that turn a reader's answer into a reason: every answer that the installed libraries can give is in one of them.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../../../.build/native/bin/outcome-vectors');

function ask(lines: readonly string[]): string[] {
  const answers = execFileSync(PROGRAM, { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  assert.equal(answers.length, lines.length);
  return answers;
}

/** Of libarchive's readers: what does not mean damage. */
const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  encrypted: [
    'The %s is encrypted, but currently not supported',
    'Crypto codec not supported yet (ID: 0x%lX)',
    'RAR encryption support unavailable.',
    'Encryption is not supported',
    'Unknown encryption flag: %u',
    'Unsupported encryption format version: %u',
    'Unknown encryption algorithm: %u',
    'Incorrect passphrase',
    'Passphrase required for this entry',
    'Decryption is unsupported due to lack of crypto library',
    'Too many incorrect passphrases',
    'Truncated Zip encrypted body: only %jd bytes available',
  ],
  'unsupported-compression': [
    'Unexpected codec ID: %lX',
    'Unknown codec ID: %lX',
    'Unsupported filter %lx for %lx',
    'The %s is encoded with many filters, but currently not supported',
    'Unsupported form of BCJ2 streams',
    'Unsupported CAB compression : %s',
    'Unsupported lzh compression method -%c%c%c-',
    'Seeking of compressed RAR files is unsupported',
    'Parsing filters is unsupported.',
    'RAR solid archive support unavailable.',
    'Unsupported compression method for RAR file.',
    'Files with unknown unpacked size are not supported',
    'Declared dictionary size is not supported.',
    'Compression method not supported: 0x%x',
    '%s compression not supported on this platform',
    'Unsupported ZIP compression method during decompression of link entry (%d: %s)',
    'Unsupported ZIP compression method (%s)',
    'Unsupported ZIP compression method (%d: %s)',
  ],
  corrupted: [
    'Unsupported LHa header level %d',
    'Unsupported Host OS: 0x%x',
    'Unsupported hash type (0x%x)',
    'Unsupported extra type (0x%x)',
    'Unsupported block header size (was %d, max is 2)',
    'Unsupported filter type: 0x%x',
    'Internal error initializing compression library: Invalid or unsupported options',
    'Multivolume cabinet file is unsupported',
    'Unrecognized archive format',
    'Unrecognized rpm header',
  ],
  'engine-limit': ['Lzma library error: Cannot allocate memory', "Can't allocate memory", 'Out  of memory'],
};

/** Said by readers that we never ask (mtree, warc, xar), by writers and by the library's own face. */
const NOT_OURS =
  /PROGRAMMER ERROR|client reader|Symbolic or non-octal|record version|header version|^Unsupported ACL|encryption not supported|unknown encryption|Encryption needs|Failed to encrypt|for encryption$|encrypted ZIP entry|_passphrase|assphrase is unacceptable|for passphrase|data_block not supported|Solaris ACL|_encrypt|^encryption$|PWB cpio/;

test('LM-11c, LM-1a, LM-3a, LM-4a: each message of libarchive has its reason, and the installed one says none that is not listed', () => {
  for (const [reason, messages] of Object.entries(MESSAGES)) {
    const answers = ask(messages.map((message) => `archive ${message}`));
    answers.forEach((answer, index) => assert.equal(answer, reason, messages[index] ?? ''));
  }
  const library = globSync('/usr/lib/*/libarchive.so.13')[0] ?? '';
  const texts = readFileSync(library, 'latin1').match(/[\x20-\x7e]{6,}/g) ?? [];
  const telling = texts.filter(
    (text) =>
      /nsupported|not supported|ncrypt|assphrase|codec ID|not available|unavailable/.test(text) && !NOT_OURS.test(text),
  );
  const ofMemory = texts.filter((text) => /llocate |emory /.test(text) && !/ncrypt|assphrase/.test(text));
  assert.deepEqual([...new Set(ask(ofMemory.map((text) => `archive ${text}`)))], ['engine-limit']);
  assert.ok(telling.length > 30, String(telling.length));
  const listed = new Set(Object.values(MESSAGES).flat());
  assert.deepEqual(
    [...new Set(telling)].filter(
      (text) => !listed.has(text) && !text.startsWith('archive_') && !text.startsWith('nettle_'),
    ),
    [],
  );
});

/** In the order of cl_error_t: runs of one reason. */
const ENGINE = (
  [
    ['read', 2],
    ['engine-failure', 5],
    ['corrupted', 1],
    ['engine-failure', 4],
    ['corrupted', 2],
    ['engine-failure', 5],
    ['corrupted', 1],
    ['engine-failure', 1],
    ['time', 1],
    ['read', 1],
    ['engine-limit', 3],
    ['corrupted', 2],
    ['engine-failure', 5],
    ['read', 1],
    ['engine-failure', 1],
  ] as const
).flatMap(([reason, count]) => Array.from({ length: count }, () => reason));

test('LM-11c, LM-3a, LM-10a: each status of libclamav has its reason', () => {
  const answers = ask([...ENGINE, 'unknown'].map((_, index) => `engine ${index}`));
  assert.deepEqual(
    answers.map((answer) => answer.split(' ')[0]),
    [...ENGINE, 'engine-failure'],
  );
  // Its own words show that the numbers still mean what they did.
  const words = answers.map((answer) => answer.slice(answer.indexOf(' ') + 1));
  assert.match(words[1] ?? '', /Virus/i);
  assert.match(words[12] ?? '', /read/i);
  assert.match(words[19] ?? '', /map/i);
  assert.match(words[21] ?? '', /time/i);
  assert.match(words[26] ?? '', /format/i);
});
