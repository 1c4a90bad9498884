// SPDX-License-Identifier: Apache-2.0
// By the scan process: Debian's clamav-testfiles (43 found, one named; 44 with the limit at 10), EICAR by its definition.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, nestZip } from '@lazaret/testkit';
import { SCHEDULED, startTestScanner } from '../test-scanner.ts';

const DIRECTORY = '/usr/share/clamav-testfiles';

function hashSignature(path: string, name: string): string {
  const bytes = readFileSync(path);
  return `${createHash('md5').update(bytes).digest('hex')}:${bytes.length}:${name}\n`;
}

const signature = hashSignature(join(DIRECTORY, 'clam.exe'), 'Test.ClamFile');

test('LM-5d, LM-5e: 43 of the 44 test files are found, the eight-fold one is named, and is found with the limit at 10', async (context) => {
  const scanner = await startTestScanner(context, { 'test.hdb': signature });
  const names = readdirSync(DIRECTORY).toSorted();
  assert.equal(names.length, 44);
  for (const name of names) {
    const answer = await scanner.scanFile(join(DIRECTORY, name));
    const bytes = readFileSync(join(DIRECTORY, name));
    assert.equal(answer.sha256, createHash('sha256').update(bytes).digest('hex'), name);
    assert.equal(answer.coverage.all - answer.coverage.lookedAt, answer.unscanned.length, name);
    if (name === 'clam_cache_emax.tgz') {
      assert.equal(answer.verdict, 'partly');
      assert.ok(answer.unscanned.length > 0 && answer.unscanned.every((row) => row.reason === 'layers'));
      continue;
    }
    assert.equal(answer.verdict, 'infected', `${name} ${JSON.stringify(answer)}`);
    assert.ok(
      answer.threats.every((threat) => threat.name === 'Test.ClamFile'),
      name,
    );
    assert.deepEqual(answer.unscanned, [], name);
  }
  const deep = await scanner.scanFile(join(DIRECTORY, 'clam_cache_emax.tgz'), {
    ...SCHEDULED,
    compressionLayersMax: 10,
  });
  assert.equal(deep.verdict, 'infected');
  assert.equal(deep.threats[0]?.layers.at(-1), 'clam.exe');
  for (const [name, layers] of Object.entries({
    'clam.zip': ['clam.exe'],
    'clam.tar.gz': ['clam.exe'],
    'clam.7z': ['clam.exe'],
    'clam.mail': ['clam.exe'],
    'clam.exe.bz2': [],
  }))
    assert.deepEqual((await scanner.scanFile(join(DIRECTORY, name))).threats[0]?.layers, layers, name);
});

/** Whose file does not hold the original in the clear as well. */
const PACKERS = ['aspack', 'mew', 'pespin', 'petite', 'upack', 'upx', 'wwpack', 'yc'] as const;

test('LM-5c: program packers count none: packed programs are found in five zips, and below a limit of one in one; in six they are not, and that is said', async (context) => {
  const scanner = await startTestScanner(context, { 'test.hdb': signature });
  const original = readFileSync(join(DIRECTORY, 'clam.exe'));
  for (const packer of PACKERS) {
    const packed = readFileSync(join(DIRECTORY, `clam-${packer}.exe`));
    assert.equal(packed.includes(original), false, `${packer} packs it`);
    const five = await scanner.scanBytes(nestZip(packed, 5));
    assert.deepEqual([five.verdict, five.unscanned], ['infected', []], packer);
    const one = await scanner.scanBytes(nestZip(packed, 1), { ...SCHEDULED, compressionLayersMax: 1 });
    assert.deepEqual([one.verdict, one.unscanned], ['infected', []], packer);
    const six = await scanner.scanBytes(nestZip(packed, 6));
    assert.deepEqual([six.verdict, six.unscanned.map(({ reason }) => reason)], ['partly', ['layers']], packer);
  }
});

test('LM-3a: container signatures are not lost: .cdb by name and size, .ldb by its container', async (context) => {
  const bytes = readFileSync(join(DIRECTORY, 'clam.zip'));
  const member = readFileSync(join(DIRECTORY, 'clam.exe'));
  const hex = member.subarray(0x40, 0x50).toString('hex');
  const scanner = await startTestScanner(context, {
    'test.cdb': 'Test.Container:CL_TYPE_ZIP:*:clam\\.exe:*:*:*:*:*:*\n',
    'test.ldb': `Test.InContainer;Engine:81-255,Container:CL_TYPE_ZIP,Target:1;0;${hex}\n`,
  });
  const answer = await scanner.scanBytes(bytes);
  assert.deepEqual(answer.threats.map((threat) => threat.name).toSorted(), ['Test.Container', 'Test.InContainer']);
  assert.equal((await scanner.scanBytes(member)).verdict, 'clean');
});

test('LM-0a: EICAR is found, and not in the middle of a text', async (context) => {
  const scanner = await startTestScanner(context, {
    'eicar.hdb': `${createHash('md5').update(eicar()).digest('hex')}:68:Eicar-Test-Signature\n`,
  });
  assert.equal((await scanner.scanBytes(eicar())).verdict, 'infected');
  const inText = Buffer.concat([Buffer.from('a text that cites it: '), eicar()]);
  assert.equal((await scanner.scanBytes(inText)).verdict, 'clean');
});
