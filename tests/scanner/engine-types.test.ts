// SPDX-License-Identifier: Apache-2.0
// LM-11a, against the engine's own list: whatever kind of file it takes the bytes for, what stands in them is found, or the ledger has a row.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { makeMail, makeMarker, makeTar, makeZip } from '@lazaret/testkit';
import { engineTypes, type EngineMagic } from './engine-types.ts';
import { startTestScanner } from './test-scanner.ts';

const marker = makeMarker('Test.Any.Type');
const { magics, names } = engineTypes();

/** With what no format has behind its mark, and the marker in plain view. */
function fileOf({ head, foot }: Pick<EngineMagic, 'head' | 'foot'>): Buffer {
  const body = Buffer.concat([head, Buffer.alloc(1_000), Buffer.from(marker.text), Buffer.alloc(3_000)]);
  if (foot) foot.bytes.copy(body, body.length - foot.beforeEnd);
  return body;
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const zipOf = (name: string): Buffer =>
  makeZip([
    { name, content: Buffer.from(marker.text) },
    { name: '[Content_Types].xml', content: Buffer.from('<a/>') },
  ]);

/** Types that the engine finds by other means than its list of marks, as files of their kind; or why there is none. */
const OTHERWISE: Readonly<Record<string, Buffer | string>> = {
  CL_TYPE_TEXT_ASCII: Buffer.from(`words\n${marker.text}\n`),
  CL_TYPE_TEXT_UTF8: Buffer.from(`wörter\n${marker.text}\n`),
  CL_TYPE_TEXT_UTF16LE: Buffer.concat([Buffer.from('fffe', 'hex'), utf16('words '), Buffer.from(marker.text)]),
  CL_TYPE_TEXT_UTF16BE: Buffer.concat([Buffer.from('feff', 'hex'), utf16('words ').swap16(), Buffer.from(marker.text)]),
  CL_TYPE_HTML_UTF16: Buffer.concat([Buffer.from('fffe', 'hex'), utf16('<html>\n<body>'), Buffer.from(marker.text)]),
  CL_TYPE_OLD_TAR: makeTar([{ name: 'member', content: Buffer.from(marker.text) }]).fill(0, 257, 265),
  CL_TYPE_ISO9660: fileOf({
    head: Buffer.concat([Buffer.alloc(32_768), Buffer.from('0143443030310100', 'hex')]),
    foot: null,
  }),
  CL_TYPE_RARSFX: fileOf({ head: Buffer.from(`MZ${'\0'.repeat(98)}Rar!\x1a\x07\0`, 'latin1'), foot: null }),
  CL_TYPE_EGGSFX: fileOf({ head: Buffer.from(`MZ${'\0'.repeat(98)}EGGA\0\x01`, 'latin1'), foot: null }),
  CL_TYPE_OOXML_WORD: zipOf('word/document.xml'),
  CL_TYPE_OOXML_XL: zipOf('xl/workbook.xml'),
  CL_TYPE_OOXML_PPT: zipOf('ppt/presentation.xml'),
  CL_TYPE_OOXML_HWP: zipOf('Contents/content.hpf'),
  CL_TYPE_SFX: 'a name for any of the self-extracting kinds, which are here by themselves',
  CL_TYPE_ANY: 'stands for every type',
  CL_TYPE_PART_ANY: 'stands for every partition',
  CL_TYPE_MSWORD: 'what an OLE2 container is called once its streams are known; CL_TYPE_MSOLE2 is here',
  CL_TYPE_MSXL: 'as CL_TYPE_MSWORD',
  CL_TYPE_MSPPT: 'as CL_TYPE_MSWORD',
  CL_TYPE_HWP5: 'as CL_TYPE_MSWORD',
  CL_TYPE_ERROR: 'no type of a file',
};

const CARRIERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  plain: (bytes) => bytes,
  zip: (bytes) => makeZip([{ name: 'member', content: bytes }]),
  gzip: (bytes) => gzipSync(bytes),
  tar: (bytes) => makeTar([{ name: 'member', content: bytes }]),
  mail: (bytes) => makeMail({ name: 'member.bin', content: bytes }),
};

const files: readonly (readonly [string, Buffer])[] = [
  ...magics.map((magic) => [magic.line, fileOf(magic)] as const),
  ...Object.entries(OTHERWISE).flatMap(([type, file]) => (typeof file === 'string' ? [] : [[type, file] as const])),
];

test('each type that the engine knows is made here, or has its reason', (t) => {
  t.diagnostic(`${magics.length} marks, ${names.size} types`);
  assert.ok(magics.length > 200 && names.size > 80, 'the list of the library is read');
  const made = new Set([...magics.map(({ type }) => type), ...Object.keys(OTHERWISE)]);
  assert.deepEqual(
    [...names].filter((name) => !made.has(name)),
    [],
  );
});

for (const [carrier, carry] of Object.entries(CARRIERS))
  test(`LM-11a: a pattern in a file of any type that the engine knows is found, or the ledger has a row: ${carrier}`, {
    timeout: 300_000,
  }, async (t) => {
    const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
    const silent: string[] = [];
    const left: string[] = [];
    for (const [what, bytes] of files) {
      const answer = await scanner.scanBytes(carry(bytes));
      if (answer.verdict === 'infected') continue;
      (answer.unscanned.length === 0 ? silent : left).push(what);
    }
    t.diagnostic(
      `${files.length - silent.length - left.length} found, ${left.length} in the ledger: ${left.join(' | ')}`,
    );
    assert.deepEqual(silent, []);
  });
