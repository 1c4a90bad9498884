// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { ARCHIVE_PASSWORD, memberName, zipEncrypted } from './archive.ts';

test('AC-8g: its name in the archive is a plain name on every system', () => {
  for (const [hostile, plain] of [
    ['..\\..\\Startup\\x.bat', '.._.._Startup_x.bat'],
    ['C:evil.exe', 'C_evil.exe'],
    ['a<b>c"d|e?f*g/h', 'a_b_c_d_e_f_g_h'],
    ['..', 'file_'],
    ['', 'file_'],
    ['nul.txt', 'file_nul.txt'],
    ['CON', 'file_CON'],
    ['com7', 'file_com7'],
    ['lpt1.tar.gz', 'file_lpt1.tar.gz'],
    ['prn', 'file_prn'],
    ['aux.c', 'file_aux.c'],
    ['com¹.txt', 'file_com¹.txt'],
    ['LPT³', 'file_LPT³'],
    ['CONOUT$', 'file_CONOUT$'],
    ['conin$.c', 'file_conin$.c'],
    ['nul  .txt', 'file_nul  .txt'],
    ['nul x.txt', 'nul x.txt'],
    ['com', 'com'],
    ['com⁴', 'com⁴'],
    ['conin', 'conin'],
    ['com77', 'com77'],
    ['console', 'console'],
    ['my.con', 'my.con'],
    ['a\r\nb\u202etxt.exe', 'a__b_txt.exe'],
    ['a\u2028b\u2029c\u0000d', 'a_b_c_d'],
    ['x. . ', 'x'],
    ['. .x', '. .x'],
    ['\ud800', '\ufffd'],
    ['soft\u00adhyphen', 'soft_hyphen'],
    ['süß 検疫.zip', 'süß 検疫.zip'],
  ] as const)
    assert.equal(memberName(hostile), plain, JSON.stringify(hostile));
});

test('AC-8g: a long name is cut between two characters, and does not end as no name of Windows may', () => {
  assert.equal(memberName('x'.repeat(200)), 'x'.repeat(200));
  assert.equal(memberName('x'.repeat(5_000)), 'x'.repeat(200));
  // No file system takes a name of over 255 bytes, and no character is cut in two.
  assert.equal(memberName('😀'.repeat(201)), '😀'.repeat(50));
  assert.equal(memberName(`x${'漢'.repeat(300)}`), `x${'漢'.repeat(66)}`);
  assert.equal(memberName(`${'x'.repeat(199)}.exe`), 'x'.repeat(199));
  assert.equal(memberName(`${'x'.repeat(198)}. exe`), 'x'.repeat(198));
});

test('AC-8g: what comes out of the archive by its password is what went in, and nothing comes out without', async () => {
  const parts = [Buffer.from('one '), Buffer.from('two')];
  const zipped = await buffer(
    zipEncrypted(
      'a.bin',
      (async function* () {
        yield* parts;
      })(),
    ),
  );
  assert.ok(!zipped.includes('one two') && zipped.includes('a.bin'));
  assert.ok(zipped.includes('PK\x06\x06'), 'of the form for files of over 4 GiB: how long it gets is not known');
  const [entry, ...others] = await new ZipReader(new Uint8ArrayReader(zipped)).getEntries();
  assert.ok(entry !== undefined && !entry.directory && others.length === 0);
  assert.deepEqual([entry.filename, entry.encrypted], ['a.bin', true]);
  const read = (password?: string): Promise<Uint8Array> =>
    entry.getData(new Uint8ArrayWriter(), password === undefined ? {} : { password });
  assert.equal(Buffer.from(await read(ARCHIVE_PASSWORD)).toString(), 'one two');
  assert.equal(ARCHIVE_PASSWORD, 'infected');
  await assert.rejects(read('wrong'));
  await assert.rejects(read());
});

test('AC-8g: a file that breaks off makes no archive that seems whole', async () => {
  const broken = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from('one');
    throw new Error('the VM went away');
  };
  await assert.rejects(buffer(zipEncrypted('a', broken())), /went away/);
});
